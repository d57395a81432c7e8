package web

import (
	"encoding/json"
	"net/http"

	"github.com/pluggarr/pluggarr/host/store"
)

// channelFromStream makes a channel of a stream: its name, group, guide, logo
// and the stream itself.
func (s *server) channelFromStream(w http.ResponseWriter, r *request) error {
	body, err := r.body(w, maxBody, "stream_id", "name", "channel_number", "channel_profile_ids")
	if err != nil {
		return err
	}
	var asked struct {
		StreamID int64    `json:"stream_id"`
		Number   *float64 `json:"channel_number"`
	}
	if raw, err := encode(body); err != nil || json.Unmarshal(raw, &asked) != nil || asked.StreamID == 0 {
		return store.Invalid{{Field: "stream_id", Message: "has to be the number of a stream, and channel_number a number"}}
	}
	row := store.New[store.Channel]()
	err = channels().save(r, s, func(tx *store.Store) error {
		stream, err := store.Find[store.Stream](r.Context(), tx, asked.StreamID)
		if err != nil {
			return err
		}
		row.Name, row.ChannelGroupID, row.TvgID = stream.Name, stream.ChannelGroupID, stream.TvgID
		row.StreamProfileID, row.IsAdult, row.ChannelNumber = stream.StreamProfileID, stream.IsAdult, asked.Number
		if wrong := setRow(row, body, []string{"name"}); len(wrong) > 0 {
			return wrong
		}
		if row.ChannelNumber == nil {
			row.ChannelNumber = stream.StreamChno
		}
		if row.ChannelNumber == nil {
			next, err := tx.NextChannelNumber(r.Context(), 1)
			if err != nil {
				return err
			}
			number := float64(next)
			row.ChannelNumber = &number
		}
		if row.LogoID, err = tx.LogoFor(r.Context(), stream.Name, stream.LogoURL); err != nil {
			return err
		}
		if row.EPGDataID, err = tx.GuideFor(r.Context(), stream.TvgID); err != nil {
			return err
		}
		if err := store.Create(r.Context(), tx, row); err != nil {
			return err
		}
		body["streams"], err = encode([]int64{stream.ID})
		if err != nil {
			return err
		}
		return applyChannel(r.Context(), tx, row, body)
	})
	if err != nil {
		return err
	}
	s.log.Info("a channel was made of a stream", "id", row.ID, "by", r.caller.Name)
	return channels().answered(s, w, r, row)
}

// bulkDelete deletes rows by a list of ids.
func bulkDelete[T any](s *server) serve {
	return func(w http.ResponseWriter, r *request) error {
		body, err := r.body(w, maxBody, "ids")
		if err != nil {
			return err
		}
		ids, err := numbers("ids", body["ids"])
		if err != nil {
			return err
		}
		n, err := store.Delete[T](r.Context(), s.users, ids...)
		if err != nil {
			return err
		}
		s.log.Info("rows were deleted", "path", r.URL.Path, "count", n, "by", r.caller.Name)
		s.write(w, http.StatusOK, struct {
			Deleted int `json:"deleted"`
		}{n})
		return nil
	}
}

// profileChannels answers with the ids of the channels in a profile.
func (s *server) profileChannels(w http.ResponseWriter, r *request) error {
	_, id, err := profiles().find(r, s.users)
	if err != nil {
		return err
	}
	return s.writeProfile(w, r, id)
}

// setProfileChannels puts channels into a profile or takes them out.
func (s *server) setProfileChannels(w http.ResponseWriter, r *request) error {
	body, err := r.body(w, maxBody, "channels")
	if err != nil {
		return err
	}
	_, id, err := profiles().find(r, s.users)
	if err != nil {
		return err
	}
	var list []struct {
		ID      int64 `json:"channel_id"`
		Enabled *bool `json:"enabled"`
	}
	if json.Unmarshal(body["channels"], &list) != nil {
		return store.Invalid{{Field: "channels", Message: "has to be a list of {channel_id, enabled}"}}
	}
	in := map[int64]bool{}
	for _, change := range list {
		in[change.ID] = change.Enabled == nil || *change.Enabled
	}
	if err := s.users.SetMemberships(r.Context(), id, in); err != nil {
		return err
	}
	return s.writeProfile(w, r, id)
}

func (s *server) writeProfile(w http.ResponseWriter, r *request, id int64) error {
	ids, err := s.users.ProfileChannels(r.Context(), id)
	if err != nil {
		return err
	}
	s.write(w, http.StatusOK, struct {
		Channels []int64 `json:"channels"`
	}{ids})
	return nil
}
