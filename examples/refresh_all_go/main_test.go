package main

import (
	"slices"
	"testing"

	"github.com/pluggarr/pluggarr/sdk"
	"github.com/pluggarr/pluggarr/sdk/sdktest"
)

func TestRefreshAll(t *testing.T) {
	t.Parallel()
	host := sdktest.NewLineup(&sdktest.Lineup{
		Accounts: []sdk.M3UAccount{{Name: "custom", IsActive: true, Locked: true}, {Name: "A", IsActive: true}, {Name: "off"}},
		Sources:  []sdk.EPGSource{{Name: "guide", IsActive: true}, {Name: "dummy", IsActive: true, SourceType: "dummy"}},
	})
	out := sdktest.Run(t, plugin(), sdktest.Call{Action: "refresh_all", Host: host})
	if want := `{"status":"queued","message":"Refresh jobs queued"}`; out.Err != nil || string(out.Result) != want {
		t.Errorf("answer = %s, %v, want %s", out.Result, out.Err, want)
	}
	if want := []string{"m3u 2", "epg 1"}; !slices.Equal(host.Refreshed, want) {
		t.Errorf("queued = %v, want %v", host.Refreshed, want)
	}
}
