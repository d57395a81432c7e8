// Package peer is the same action as the benchmarks' plugin, as a plugin of
// hashicorp/go-plugin over both of its transports.
package peer

import (
	"context"
	"encoding/json"
	"fmt"
	"net/rpc"

	"github.com/hashicorp/go-plugin"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/wrapperspb"

	"github.com/pluggarr/pluggarr/sdk/wire"
)

// Handshake is what both sides have to agree on.
func Handshake() plugin.HandshakeConfig {
	return plugin.HandshakeConfig{ProtocolVersion: 1, MagicCookieKey: "PLUGGARR_BENCH", MagicCookieValue: "peer"}
}

// Plugins is what the program serves: "netrpc" or "grpc".
func Plugins() map[string]plugin.Plugin {
	return map[string]plugin.Plugin{"netrpc": &overRPC{}, "grpc": &overGRPC{}}
}

// Runner runs an action. What [plugin.ClientProtocol.Dispense] returns is one.
type Runner interface {
	// Run returns the action's result.
	Run(p wire.RunParams) (json.RawMessage, error)
}

// action is the plugin's work.
func action(wire.RunParams) (json.RawMessage, error) {
	return json.Marshal(map[string]string{"status": "ok"})
}

// overRPC sends the parameters as gob, which is net/rpc's own way.
type overRPC struct{}

// Server is go-plugin's.
func (overRPC) Server(*plugin.MuxBroker) (any, error) { return rpcServer{}, nil }

// Client is go-plugin's.
func (overRPC) Client(_ *plugin.MuxBroker, c *rpc.Client) (any, error) { return rpcClient{c}, nil }

type rpcServer struct{}

// Run is called by net/rpc.
func (rpcServer) Run(p wire.RunParams, result *json.RawMessage) (err error) {
	*result, err = action(p)
	return err
}

type rpcClient struct{ *rpc.Client }

// Run is the Runner's.
func (c rpcClient) Run(p wire.RunParams) (json.RawMessage, error) {
	var result json.RawMessage
	if err := c.Call("Plugin.Run", p, &result); err != nil {
		return nil, fmt.Errorf("call the peer: %w", err)
	}
	return result, nil
}

// overGRPC sends the parameters as JSON in a message of bytes, so that no
// protocol buffers of our own are needed.
type overGRPC struct{ plugin.NetRPCUnsupportedPlugin }

// GRPCServer is go-plugin's.
func (overGRPC) GRPCServer(_ *plugin.GRPCBroker, s *grpc.Server) error {
	s.RegisterService(&grpc.ServiceDesc{
		ServiceName: "bench.Plugin", HandlerType: (*any)(nil),
		Methods: []grpc.MethodDesc{{MethodName: "Run", Handler: serveRun}},
	}, struct{}{})
	return nil
}

// GRPCClient is go-plugin's.
func (overGRPC) GRPCClient(ctx context.Context, _ *plugin.GRPCBroker, c *grpc.ClientConn) (any, error) {
	return grpcClient{ctx, c}, nil
}

//nolint:revive // gRPC gives the order of the parameters
func serveRun(_ any, _ context.Context, decode func(any) error, _ grpc.UnaryServerInterceptor) (any, error) {
	var in wrapperspb.BytesValue
	if err := decode(&in); err != nil {
		return nil, err
	}
	var p wire.RunParams
	if err := json.Unmarshal(in.GetValue(), &p); err != nil {
		return nil, fmt.Errorf("decode the parameters: %w", err)
	}
	result, err := action(p)
	return wrapperspb.Bytes(result), err
}

type grpcClient struct {
	ctx  context.Context //nolint:containedctx // the plugin's life, as go-plugin hands it out
	conn *grpc.ClientConn
}

// Run is the Runner's.
func (c grpcClient) Run(p wire.RunParams) (json.RawMessage, error) {
	raw, err := json.Marshal(p)
	if err != nil {
		return nil, err
	}
	var out wrapperspb.BytesValue
	if err := c.conn.Invoke(c.ctx, "/bench.Plugin/Run", wrapperspb.Bytes(raw), &out); err != nil {
		return nil, fmt.Errorf("call the peer: %w", err)
	}
	return out.GetValue(), nil
}
