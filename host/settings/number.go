package settings

import (
	"encoding/json"
	"math"
	"math/big"
	"strconv"
	"strings"
)

const (
	longestNumber = 400 // characters; float64 needs no more than 325 for any value
	widestInteger = 40  // digits up to which 1e3 is written 1000
)

// numberFault says why a number cannot be kept; "" when it can. What passes is
// finite as a float64 and cheap to calculate with exactly.
func numberFault(n json.Number) string {
	text := string(n)
	if len(text) > longestNumber {
		return "has too many digits"
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsInf(f, 0) {
		return "is too large a number"
	}
	if at := strings.IndexAny(text, "eE"); at >= 0 {
		if exponent, err := strconv.Atoi(text[at+1:]); err != nil || exponent < -longestNumber || exponent > longestNumber {
			return "is too small a number"
		}
	}
	return ""
}

// plainNumber writes whole numbers without fraction and exponent (7.0 and 7e0
// are 7, -0 is 0) and leaves every other number as it is.
func plainNumber(n json.Number) json.Number {
	text := string(n)
	if text == "-0" {
		return "0"
	}
	if isPlainInteger(text) || numberFault(n) != "" {
		return n
	}
	exact, ok := new(big.Rat).SetString(text)
	if !ok || !exact.IsInt() {
		return n
	}
	if whole := exact.Num().String(); len(whole) <= widestInteger {
		return json.Number(whole)
	}
	return n
}

// isPlainInteger says whether a JSON number has neither fraction nor exponent.
func isPlainInteger(text string) bool { return !strings.ContainsAny(text, ".eE") }

// rangeFault says why a number that passed plainNumber does not fit Go's kind;
// "" when it does or when it is not even whole, which the schema reports.
func rangeFault(n json.Number, goKind string) string {
	switch goKind {
	case "float32":
		if f, err := n.Float64(); err != nil || math.Abs(f) > math.MaxFloat32 {
			return "is too large a number"
		}
		return ""
	case "float64", "":
		return ""
	}
	low, high := integerRange(goKind)
	exact, ok := new(big.Rat).SetString(string(n))
	switch {
	case !ok || !exact.IsInt():
		return ""
	case exact.Num().Cmp(low) < 0:
		return "has to be " + low.String() + " or more"
	case exact.Num().Cmp(high) > 0:
		return "has to be " + high.String() + " or less"
	}
	return ""
}

// integerRange returns the bounds of int8 … uint64; int and uint have 64 bits.
func integerRange(goKind string) (low, high *big.Int) {
	size, unsigned := strings.CutPrefix(goKind, "uint")
	if !unsigned {
		size = strings.TrimPrefix(goKind, "int")
	}
	bits, err := strconv.Atoi(size)
	if err != nil {
		bits = 64
	}
	one := big.NewInt(1)
	if unsigned {
		high = new(big.Int).Lsh(one, uint(bits))
		return new(big.Int), high.Sub(high, one)
	}
	high = new(big.Int).Lsh(one, uint(bits-1))
	return new(big.Int).Neg(high), high.Sub(high, one)
}

// numeral writes a bound for people: 0.5, 3, 1e+300.
func numeral(r *big.Rat) string {
	if r.IsInt() {
		if whole := r.Num().String(); len(whole) <= widestInteger {
			return whole
		}
	}
	f, _ := r.Float64()
	return strconv.FormatFloat(f, 'g', -1, 64)
}

// decimal is a number that JSON shows as Python writes a float: 3 is 3.0.
type decimal float64

// MarshalJSON follows Python's repr: exponents below 1e-4 and from 1e16 on.
func (d decimal) MarshalJSON() ([]byte, error) { return []byte(d.String()), nil }

// String returns what MarshalJSON writes.
func (d decimal) String() string {
	f := float64(d)
	size := math.Abs(f)
	if size != 0 && (size < 1e-4 || size >= 1e16) {
		return strconv.FormatFloat(f, 'e', -1, 64)
	}
	text := strconv.FormatFloat(f, 'f', -1, 64)
	if !strings.Contains(text, ".") {
		text += ".0"
	}
	return text
}
