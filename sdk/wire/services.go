package wire

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
)

// Calls of a worker to the host that belong to the protocol itself. The others
// are the services', see docs/services.md.
const (
	MethodTxBegin    = "tx.begin"    // TxParams → TxResult; waits for its turn
	MethodTxCommit   = "tx.commit"   // {"tx": …} → null
	MethodTxRollback = "tx.rollback" // {"tx": …} → null
)

// TxParams asks for a transaction.
type TxParams struct {
	Milliseconds int64 `json:"milliseconds,omitempty"` // how long it may take; 0 for the host's limit
}

// TxResult is the transaction that was begun.
type TxResult struct {
	Tx int64 `json:"tx"` // its number, from 1; calls that take part in it carry it in their params
}

// WithTx adds the number of a transaction to the params of a call, which encode
// to an object, or are nil.
func WithTx(tx int64, params any) (json.RawMessage, error) {
	raw := []byte("{}")
	if params != nil {
		var err error
		if raw, err = json.Marshal(params); err != nil {
			return nil, fmt.Errorf("encode the parameters: %w", err)
		}
	}
	out := append([]byte(`{"tx":`), strconv.FormatInt(tx, 10)...)
	if rest := raw[1:]; !bytes.Equal(rest, []byte("}")) {
		out = append(append(out, ','), rest...)
		return out, nil
	}
	return append(out, '}'), nil
}
