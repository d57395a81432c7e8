// Command program is the peer's plugin process; its argument is the transport.
package main

import (
	"os"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"

	"github.com/pluggarr/pluggarr/host/bench/peer"
)

func main() {
	name := os.Args[1]
	config := &plugin.ServeConfig{
		HandshakeConfig: peer.Handshake(),
		Plugins:         plugin.PluginSet{name: peer.Plugins()[name]},
		Logger:          hclog.NewNullLogger(),
	}
	if name == "grpc" {
		config.GRPCServer = plugin.DefaultGRPCServer
	}
	plugin.Serve(config)
}
