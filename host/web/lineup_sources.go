package web

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"github.com/pluggarr/pluggarr/host/store"
)

// Refresher fetches playlists and guides anew, later: its methods return once
// the job is queued, with its number. One that waits or runs already is not queued
// twice.
type Refresher interface {
	// QueueM3U queues the refresh of an account.
	QueueM3U(ctx context.Context, account int64) (job int64, err error)
	// QueueEPG queues the refresh of a source.
	QueueEPG(ctx context.Context, source int64) (job int64, err error)
}

func m3uAccounts() table[store.M3UAccount] {
	return table[store.M3UAccount]{
		path: m3uPath + "accounts/", name: "M3U account", hidden: []string{"password"},
		admin:  []string{"server_url", "file_path", "username", "custom_properties"},
		fixed:  []string{"created_at", "updated_at", "status", "last_message", "locked", "refresh_task_id"},
		search: []string{"name"}, order: []string{"name"},
		filter: map[string]filter{
			"name": exactly("name"), "is_active": whether("is_active"), "account_type": exactly("account_type"), "status": exactly("status"),
		},
		show: func(ctx context.Context, s *store.Store, rows []store.M3UAccount, to []members) error {
			counts, err := s.StreamCounts(ctx)
			for i, row := range rows {
				to[i] = append(to[i], member{"stream_count", counts[row.ID]}, member{"secrets", secrets(row.Password)})
			}
			return err
		},
		stored: func(r *request, s *server, row *store.M3UAccount) {
			if row.IsActive && (row.ServerURL != "" || row.FilePath != "") && s.refresher != nil {
				s.queued(r, func(ctx context.Context) (int64, error) { return s.refresher.QueueM3U(ctx, row.ID) })
			}
		},
	}
}

// secrets says of a password that it is set.
func secrets(password string) map[string]bool { return map[string]bool{"password": password != ""} }

// queued queues a refresh that nobody waits for.
func (s *server) queued(r *request, queue func(ctx context.Context) (int64, error)) {
	if _, err := queue(r.Context()); err != nil {
		s.log.Error("queue the first refresh", "path", r.URL.Path, "error", err)
	}
}

func m3uProfiles() table[store.M3UAccountProfile] {
	return table[store.M3UAccountProfile]{
		path: m3uPath + "accounts/{parent}/profiles/", name: "profile", parent: "m3u_account_id",
		admin: []string{"search_pattern", "replace_pattern"}, hidden: []string{"custom_properties"},
		fixed: []string{"is_default", "current_viewers", "exp_date"}, order: []string{"id"},
	}
}

func m3uFilters() table[store.M3UFilter] {
	return table[store.M3UFilter]{
		path: m3uPath + "accounts/{parent}/filters/", name: "filter", parent: "m3u_account_id", order: []string{"order"},
	}
}

func m3uGroups() table[store.ChannelGroupM3UAccount] {
	return table[store.ChannelGroupM3UAccount]{
		path: m3uPath + "accounts/{parent}/groups/", name: "group", parent: "m3u_account_id",
		fixed: []string{"channel_group_id", "last_seen", "is_stale"}, order: []string{"id"},
		filter: map[string]filter{"enabled": whether("enabled"), "auto_channel_sync": whether("auto_channel_sync")},
		only:   []string{"list", "one", "change"},
		show: func(ctx context.Context, s *store.Store, rows []store.ChannelGroupM3UAccount, to []members) error {
			ids := make([]any, len(rows))
			for i, row := range rows {
				ids[i] = row.ChannelGroupID
			}
			groups, err := store.List[store.ChannelGroup](ctx, s, store.Query{Is: map[string][]any{"id": ids}})
			names := map[int64]string{}
			for _, group := range groups {
				names[group.ID] = group.Name
			}
			for i, row := range rows {
				to[i] = append(to[i], member{"name", names[row.ChannelGroupID]})
			}
			return err
		},
	}
}

func serverGroups() table[store.ServerGroup] {
	return table[store.ServerGroup]{path: m3uPath + "server-groups/", name: "server group", order: []string{"name"}}
}

func epgSources() table[store.EPGSource] {
	return table[store.EPGSource]{
		path: epgPath + "sources/", name: "EPG source", hidden: []string{"password"},
		admin:  []string{"url", "file_path", "extracted_file_path", "username", "custom_properties"},
		fixed:  []string{"created_at", "updated_at", "status", "last_message", "refresh_task_id", "extracted_file_path"},
		search: []string{"name"}, order: []string{"name"},
		filter: map[string]filter{
			"name": exactly("name"), "is_active": whether("is_active"), "source_type": exactly("source_type"), "status": exactly("status"),
		},
		show: func(ctx context.Context, s *store.Store, rows []store.EPGSource, to []members) error {
			counts, err := s.GuideCounts(ctx)
			for i, row := range rows {
				to[i] = append(to[i], member{"epg_data_count", counts[row.ID]}, member{"secrets", secrets(row.Password)})
			}
			return err
		},
		stored: func(r *request, s *server, row *store.EPGSource) {
			if row.IsActive && row.SourceType == store.SourceXMLTV && (row.URL != "" || row.FilePath != "") && s.refresher != nil {
				s.queued(r, func(ctx context.Context) (int64, error) { return s.refresher.QueueEPG(ctx, row.ID) })
			}
		},
	}
}

func epgData() table[store.EPGData] {
	return table[store.EPGData]{
		path: epgPath + "epgdata/", name: "channel of a guide", search: []string{"name", "tvg_id"}, order: []string{"name"},
		filter: map[string]filter{"epg_source_id": oneOf("epg_source_id"), "tvg_id": exactly("tvg_id"), "id": oneOf("id")},
		only:   []string{"list", "one"},
	}
}

func programmes() table[store.Programme] {
	return table[store.Programme]{
		path: epgPath + "programs/", name: "programme", search: []string{"title", "sub_title"}, order: []string{"start_time"},
		filter: map[string]filter{
			"epg_id": oneOf("epg_id"), "tvg_id": exactly("tvg_id"),
			"channel_id": where("epg_id IN (SELECT epg_data_id FROM dispatcharr_channels_channel WHERE id = ?)", aNumber),
			"after":      where("end_time > ?", aTime), "before": where("start_time < ?", aTime),
		},
		only: []string{"list", "one"},
	}
}

// refreshing is the answer to who asked for a refresh.
type refreshing struct {
	Success bool    `json:"success"`
	Message string  `json:"message"`
	Jobs    []int64 `json:"jobs"` // the numbers of what was queued
}

// startRefresh queues refreshes and answers 202.
func (s *server) startRefresh(w http.ResponseWriter, r *request, ids []int64, what string) error {
	if s.refresher == nil {
		return &refusal{http.StatusServiceUnavailable, failure{
			Error: "This host cannot refresh", Message: "This host runs without a queue of jobs: start it with 'pluggarr serve'.", Fault: store.FaultHost,
		}}
	}
	queue := s.refresher.QueueM3U
	if what == "source" {
		queue = s.refresher.QueueEPG
	}
	answer := refreshing{Success: true, Message: fmt.Sprintf("%d refreshes are queued.", len(ids)), Jobs: []int64{}}
	if len(ids) == 1 {
		answer.Message = fmt.Sprintf("The refresh of %s %d is queued.", what, ids[0])
	}
	for _, id := range ids {
		job, err := queue(r.Context(), id)
		if err != nil {
			return fmt.Errorf("queue the refresh of %s %d: %w", what, id, err)
		}
		answer.Jobs = append(answer.Jobs, job)
	}
	s.write(w, http.StatusAccepted, answer)
	return nil
}

// refreshAccounts queues the refresh of all active accounts.
func (s *server) refreshAccounts(w http.ResponseWriter, r *request) error {
	if _, err := r.read(w, maxBody); err != nil {
		return err
	}
	rows, err := store.List[store.M3UAccount](r.Context(), s.users, store.Query{Is: map[string][]any{"is_active": {true}, "locked": {false}}})
	if err != nil {
		return err
	}
	ids := make([]int64, len(rows))
	for i, row := range rows {
		ids[i] = row.ID
	}
	return s.startRefresh(w, r, ids, "account")
}

func (s *server) refreshAccount(w http.ResponseWriter, r *request) error {
	if _, err := r.read(w, maxBody); err != nil {
		return err
	}
	row, id, err := m3uAccounts().find(r, s.users)
	if err != nil {
		return err
	}
	switch {
	case row.Locked:
		return store.ErrLocked
	case !row.IsActive:
		return refuse(http.StatusConflict, "The account is not active", "Set is_active first.")
	}
	return s.startRefresh(w, r, []int64{id}, "account")
}

// importGuide queues the refresh of a source, which Dispatcharr calls an import.
func (s *server) importGuide(w http.ResponseWriter, r *request) error {
	body, err := r.body(w, maxBody, "id")
	if err != nil {
		return err
	}
	var id int64
	if !body.given("id") || json.Unmarshal(body["id"], &id) != nil {
		return store.Invalid{{Field: "id", Message: "has to be the number of a source"}}
	}
	row, err := store.Find[store.EPGSource](r.Context(), s.users, id)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return notFound(fmt.Sprintf("There is no source %d.", id))
	case err != nil:
		return err
	case row.SourceType != store.SourceXMLTV:
		return refuse(http.StatusConflict, "The source has nothing to fetch", "Only sources of type xmltv are refreshed.")
	case !row.IsActive:
		return refuse(http.StatusConflict, "The source is not active", "Set is_active first.")
	}
	return s.startRefresh(w, r, []int64{id}, "source")
}
