package web_test

import (
	"fmt"
	"testing"

	"github.com/pluggarr/pluggarr/host/store"
)

// BenchmarkStreams is a page of 50 out of 100,000 streams: the first, one in the
// middle, one of an account, and one that a search finds.
func BenchmarkStreams(b *testing.B) {
	h := newHouse(b)
	var groups []*store.ChannelGroup
	for i := range 100 {
		groups = append(groups, &store.ChannelGroup{Name: fmt.Sprintf("Group %d", i)})
	}
	h.must(store.Create(b.Context(), h.cfg.Users, groups...))
	account := store.New[store.M3UAccount]()
	account.Name = "A"
	h.must(store.Create(b.Context(), h.cfg.Users, account))
	for part := range 100 {
		rows := make([]*store.Stream, 1000)
		for i := range rows {
			row, n := store.New[store.Stream](), part*1000+i
			row.Name, row.URL, row.StreamHash = fmt.Sprintf("Stream %d HD", n*7919%100_000), fmt.Sprintf("http://x/%d", n), fmt.Sprint(n)
			row.M3UAccountID, row.ChannelGroupID = account.ID, groups[n%100].ID
			rows[i] = row
		}
		h.must(store.Create(b.Context(), h.cfg.Users, rows...))
	}
	for name, query := range map[string]string{
		"first": "", "middle": "?page=1000", "account": fmt.Sprintf("?m3u_account_id=%d&page=20", account.ID),
		"group": "?channel_group=Group+7", "search": "?search=99+hd",
	} {
		b.Run(name, func(b *testing.B) { measure(b, 1, h.repeat("/api/channels/streams/"+query, "")) })
	}
}
