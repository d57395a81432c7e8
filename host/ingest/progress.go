package ingest

import (
	"maps"
	"time"
)

// The types of progress, as they stand in messages.
const (
	// TypeM3U is a refresh of an M3U account.
	TypeM3U = "m3u_refresh"
	// TypeEPG is a refresh of an EPG source.
	TypeEPG = "epg_refresh"
)

// Progress is how far a refresh is.
type Progress struct {
	// Type is TypeM3U or TypeEPG.
	Type string
	// ID is the account's or source's.
	ID int64
	// Action is what is being done, in Dispatcharr's words: "downloading",
	// "processing_groups", "parsing", "parsing_channels", "parsing_programs", ….
	Action string
	// Percent is how much of Action is done, 0 to 100.
	Percent int
	// Status is the account's or source's status after it; empty when it has not changed.
	Status string
	// Message is for people, or empty.
	Message string
	// Error is what went wrong, or empty.
	Error string
	// Details are further keys of the message, such as "streams_processed". May be nil.
	Details map[string]any
}

// Data is the progress as clients of the WebSocket get it.
func (p Progress) Data() map[string]any {
	data := map[string]any{"type": p.Type, "action": p.Action, "progress": p.Percent}
	if p.Type == TypeEPG {
		data["source"] = p.ID
	} else {
		data["account"] = p.ID
	}
	for key, value := range map[string]string{"status": p.Status, "message": p.Message, "error": p.Error} {
		if value != "" {
			data[key] = value
		}
	}
	maps.Copy(data, p.Details)
	return data
}

// Percent is how much has arrived, 0 while nobody knows how much there will be.
func (t Transfer) Percent() int {
	if t.Total == 0 {
		return 0
	}
	return int(min(100, t.Done*100/t.Total))
}

// Details are the keys of a message about a download: speed in KB/s, and the
// elapsed and the remaining time in seconds.
func (t Transfer) Details() map[string]any {
	details := map[string]any{"elapsed_time": seconds(t.Elapsed), "speed": 0.0, "time_remaining": 0.0}
	if t.Elapsed > 0 && t.Done > 0 {
		details["speed"] = round(float64(t.Done) / 1024 / t.Elapsed.Seconds())
		details["time_remaining"] = seconds(remaining(t.Elapsed, float64(t.Done)/float64(max(t.Done, t.Total))))
	}
	return details
}

// remaining is how long the rest takes when the fraction that is done took elapsed.
func remaining(elapsed time.Duration, fraction float64) time.Duration {
	if fraction <= 0 {
		return 0
	}
	return time.Duration(float64(elapsed) * (1 - fraction) / fraction)
}

// seconds is a duration in seconds, to a tenth.
func seconds(d time.Duration) float64 { return round(d.Seconds()) }

func round(x float64) float64 { return float64(int64(x*10+0.5)) / 10 }
