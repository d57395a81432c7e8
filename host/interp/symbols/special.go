package symbols

import (
	"encoding"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"log" //nolint:depguard // plugins may use it
	"reflect"
)

// Special returns two kinds of entries. A function that takes any value and
// looks whether it has certain methods maps to the interfaces it looks for:
// values of interpreted types have no methods by themselves. A wrapper of an
// interface maps to wrappers with more methods, the largest first, that are
// taken for values which have those too.
func Special() map[reflect.Value][]reflect.Type {
	special := map[reflect.Value][]reflect.Type{}
	print := []reflect.Type{reflect.TypeFor[fmt.Formatter](), reflect.TypeFor[fmt.Stringer]()}
	for _, f := range []any{
		fmt.Append, fmt.Appendf, fmt.Appendln, fmt.Errorf, fmt.Fprint, fmt.Fprintf, fmt.Fprintln, fmt.Sprint, fmt.Sprintf,
		fmt.Sprintln,
		fmt.Print, fmt.Printf, fmt.Println, //nolint:forbidigo // they are named, not called
		log.Fatal, log.Fatalf, log.Fatalln, log.Panic, log.Panicf, log.Panicln, log.Print, log.Printf, log.Println,
	} {
		special[reflect.ValueOf(f)] = print
	}
	for _, f := range []any{fmt.Scan, fmt.Scanf, fmt.Scanln} {
		special[reflect.ValueOf(f)] = []reflect.Type{reflect.TypeFor[fmt.Scanner]()}
	}
	marshal := []reflect.Type{reflect.TypeFor[json.Marshaler](), reflect.TypeFor[encoding.TextMarshaler]()}
	special[reflect.ValueOf(json.Marshal)] = marshal
	special[reflect.ValueOf(json.MarshalIndent)] = marshal
	special[reflect.ValueOf(json.Unmarshal)] = []reflect.Type{reflect.TypeFor[json.Unmarshaler](), reflect.TypeFor[encoding.TextUnmarshaler]()}
	special[reflect.ValueOf(xml.Marshal)] = []reflect.Type{reflect.TypeFor[xml.Marshaler](), reflect.TypeFor[encoding.TextMarshaler]()}
	special[reflect.ValueOf(xml.Unmarshal)] = []reflect.Type{reflect.TypeFor[xml.Unmarshaler](), reflect.TypeFor[encoding.TextUnmarshaler]()}

	special[reflect.ValueOf((*_net_http_ResponseWriter)(nil))] = []reflect.Type{
		reflect.TypeFor[responseStream](), reflect.TypeFor[responseHijacker](), reflect.TypeFor[responseFlusher](),
	}
	special[reflect.ValueOf((*_io_Reader)(nil))] = []reflect.Type{reflect.TypeFor[readerTo]()}
	special[reflect.ValueOf((*_io_Writer)(nil))] = []reflect.Type{reflect.TypeFor[writerFrom]()}
	return special
}
