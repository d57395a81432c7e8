package web

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"

	"github.com/pluggarr/pluggarr/host/store"
)

// The lineup is channels, accounts, sources and what belongs to them. Paths and
// names are Dispatcharr's.
const (
	channelsPath = "/api/channels/"
	m3uPath      = "/api/m3u/"
	epgPath      = "/api/epg/"
	corePath     = "/api/core/"
)

// lineupRoutes lists the API of the lineup.
func (s *server) lineupRoutes() []route {
	const read, admin = store.ScopeRead, store.ScopeAdmin
	return slices.Concat(
		[]route{
			{channelsPath + "channels/from-stream/", methods{http.MethodPost: {need: admin, serve: lineup(s.channelFromStream)}}},
			{channelsPath + "channels/bulk-delete/", methods{http.MethodPost: {need: admin, serve: lineup(bulkDelete[store.Channel](s))}}},
			{channelsPath + "streams/bulk-delete/", methods{http.MethodPost: {need: admin, serve: lineup(bulkDelete[store.Stream](s))}}},
			{channelsPath + "profiles/{id}/channels/", methods{
				http.MethodGet:   {need: read, serve: lineup(s.profileChannels)},
				http.MethodPatch: {need: admin, serve: lineup(s.setProfileChannels)},
			}},
			{channelsPath + "logos/{id}/cache/", methods{http.MethodGet: {need: read, serve: lineup(s.channelLogo)}}},
			{m3uPath + "refresh/", methods{http.MethodPost: {need: admin, serve: lineup(s.refreshAccounts)}}},
			{m3uPath + "refresh/{id}/", methods{http.MethodPost: {need: admin, serve: lineup(s.refreshAccount)}}},
			{corePath + "doctor/", methods{http.MethodGet: {need: read, serve: admins(s.doctor)}}},
			{epgPath + "import/", methods{http.MethodPost: {need: admin, serve: lineup(s.importGuide)}}},
		},
		channels().routes(s), groups().routes(s), streams().routes(s), profiles().routes(s), logos().routes(s),
		m3uAccounts().routes(s), m3uProfiles().routes(s), m3uFilters().routes(s), m3uGroups().routes(s), serverGroups().routes(s),
		epgSources().routes(s), epgData().routes(s), programmes().routes(s),
		userAgents().routes(s), streamProfiles().routes(s), coreSettings().routes(s), systemEvents().routes(s),
	)
}

func channels() table[store.Channel] {
	return table[store.Channel]{
		path: channelsPath + "channels/", name: "channel",
		fixed:  []string{"uuid", "auto_created", "auto_created_by_id", "is_catchup", "catchup_days", "created_at", "updated_at"},
		search: []string{"name", "tvg_id"}, order: []string{"channel_number", "name"},
		filter: map[string]filter{
			"channel_group_id": oneOf("channel_group_id"), "epg_data_id": oneOf("epg_data_id"), "id": oneOf("id"),
			"auto_created_by_id": oneOf("auto_created_by_id"), "auto_created": whether("auto_created"),
			"hidden_from_output": whether("hidden_from_output"), "is_adult": whether("is_adult"), "tvg_id": exactly("tvg_id"),
			"channel_group": groupNamed(),
			"channel_profile_id": where("id IN (SELECT channel_id FROM dispatcharr_channels_channelprofilemembership "+
				"WHERE enabled AND channel_profile_id = ?)", aNumber),
			"stream_id": where("id IN (SELECT channel_id FROM dispatcharr_channels_channelstream WHERE stream_id = ?)", aNumber),
		},
		more: []string{"streams", "channel_profile_ids"},
		show: func(ctx context.Context, s *store.Store, rows []store.Channel, to []members) error {
			ids := make([]int64, len(rows))
			for i, row := range rows {
				ids[i] = row.ID
			}
			streams, err := s.ChannelStreams(ctx, ids)
			for i, id := range ids {
				to[i] = append(to[i], member{"streams", append([]int64{}, streams[id]...)})
			}
			return err
		},
		apply: applyChannel,
	}
}

// applyChannel sets the streams and the profiles of a channel.
func applyChannel(ctx context.Context, s *store.Store, row *store.Channel, body fields) error {
	if raw, ok := body["streams"]; ok {
		ids, err := numbers("streams", raw)
		if err != nil {
			return err
		}
		if err := s.SetChannelStreams(ctx, row.ID, ids); err != nil {
			return err
		}
		fresh, err := store.Find[store.Channel](ctx, s, row.ID)
		if err != nil {
			return err
		}
		*row = *fresh
	}
	if !body.given("channel_profile_ids") { // null: those it has, a new one all
		return nil
	}
	ids, err := numbers("channel_profile_ids", body["channel_profile_ids"])
	if err != nil {
		return err
	}
	profiles, err := store.List[store.ChannelProfile](ctx, s, store.Query{})
	if err != nil {
		return err
	}
	for _, profile := range profiles {
		in := slices.Contains(ids, profile.ID) || slices.Equal(ids, []int64{0}) // Dispatcharr's way to say all
		if err := s.SetMemberships(ctx, profile.ID, map[int64]bool{row.ID: in}); err != nil {
			return err
		}
	}
	return nil
}

func groups() table[store.ChannelGroup] {
	return table[store.ChannelGroup]{
		path: channelsPath + "groups/", name: "channel group", search: []string{"name"}, order: []string{"name"},
		filter: map[string]filter{
			"name": exactly("name"), "id": oneOf("id"),
			"m3u_account_id": where("id IN (SELECT channel_group_id FROM dispatcharr_channels_channelgroupm3uaccount WHERE m3u_account_id = ?)", aNumber),
		},
	}
}

func streams() table[store.Stream] {
	return table[store.Stream]{
		path: channelsPath + "streams/", name: "stream", admin: []string{"url", "local_file", "custom_properties"},
		fixed: []string{
			"m3u_account_id", "current_viewers", "updated_at", "is_custom", "stream_hash", "last_seen", "is_stale",
			"stream_stats", "stream_stats_updated_at",
		},
		search: []string{"name", "tvg_id"}, order: []string{"name"},
		filter: map[string]filter{
			"m3u_account_id": oneOf("m3u_account_id"), "channel_group_id": oneOf("channel_group_id"), "id": oneOf("id"),
			"is_stale": whether("is_stale"), "is_custom": whether("is_custom"), "is_catchup": whether("is_catchup"),
			"tvg_id": exactly("tvg_id"), "channel_group": groupNamed(),
			"unassigned": where("(NOT EXISTS (SELECT 1 FROM dispatcharr_channels_channelstream cs WHERE cs.stream_id = stream.id)) = ?", aTruth),
			"channel_id": where("id IN (SELECT stream_id FROM dispatcharr_channels_channelstream WHERE channel_id = ?)", aNumber),
		},
	}
}

func profiles() table[store.ChannelProfile] {
	return table[store.ChannelProfile]{
		path: channelsPath + "profiles/", name: "channel profile", search: []string{"name"}, order: []string{"name"},
		filter: map[string]filter{"name": exactly("name")},
	}
}

func logos() table[store.Logo] {
	return table[store.Logo]{
		path: channelsPath + "logos/", name: "logo", search: []string{"name", "url"}, order: []string{"name"},
		filter: map[string]filter{"name": exactly("name"), "url": exactly("url"), "id": oneOf("id")},
	}
}

func userAgents() table[store.UserAgent] {
	return table[store.UserAgent]{
		path: corePath + "useragents/", name: "user agent", fixed: []string{"created_at", "updated_at"}, order: []string{"id"},
	}
}

func streamProfiles() table[store.StreamProfile] {
	return table[store.StreamProfile]{
		path: corePath + "streamprofiles/", name: "stream profile", fixed: []string{"locked"}, order: []string{"id"},
	}
}

func coreSettings() table[store.CoreSetting] {
	return table[store.CoreSetting]{
		path: corePath + "settings/", name: "setting", fixed: []string{"key"}, admin: []string{"value"}, order: []string{"id"},
		filter: map[string]filter{"key": exactly("key")}, only: []string{"list", "one", "change"},
	}
}

func systemEvents() table[store.SystemEvent] {
	return table[store.SystemEvent]{
		path: corePath + "systemevents/", name: "event", admin: []string{"details"}, order: []string{"-id"},
		filter: map[string]filter{"event_type": exactly("event_type")}, only: []string{"list", "one"},
	}
}

// numbers reads a list of ids.
func numbers(name string, raw json.RawMessage) ([]int64, error) {
	var ids []int64
	if json.Unmarshal(raw, &ids) != nil {
		return nil, store.Invalid{{Field: name, Message: "has to be a list of whole numbers"}}
	}
	return ids, nil
}
