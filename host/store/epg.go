package store

import (
	"encoding/json"
	"time"

	"github.com/uptrace/bun"
)

// The values of EPGSource.SourceType.
const (
	// SourceXMLTV is a guide in XMLTV: a URL or a file.
	SourceXMLTV = "xmltv"
	// SourceSchedulesDirect is the service Schedules Direct, which this host does not refresh.
	SourceSchedulesDirect = "schedules_direct"
	// SourceDummy is made-up programmes; it is never refreshed.
	SourceDummy = "dummy"
)

// EPGSource is where programmes come from: a row of epg_epgsource.
type EPGSource struct {
	bun.BaseModel `bun:"table:epg_epgsource"`

	// ID is the row's number, from 1.
	ID int64 `bun:"id,pk,autoincrement"`
	// Name is at most 255 characters, unique.
	Name string `bun:"name,type:varchar(255)"`
	// SourceType is one of the Source constants.
	SourceType string `bun:"source_type,type:varchar(20)"`
	// URL is the guide's address, at most 1000 characters, or empty.
	URL string `bun:"url,nullzero,type:varchar(1000)"`
	// Username is of Schedules Direct, or empty.
	Username string `bun:"username,nullzero,type:varchar(255)"`
	// Password is of Schedules Direct, or empty.
	Password string `bun:"password,nullzero,type:varchar(255)"`
	// IsActive says that the source is refreshed.
	IsActive bool `bun:"is_active"`
	// FilePath is a guide on the host, used when there is no URL, or empty.
	FilePath string `bun:"file_path,nullzero,type:varchar(1024)"`
	// ExtractedFilePath is the guide unpacked, or empty.
	ExtractedFilePath string `bun:"extracted_file_path,nullzero,type:varchar(1024)"`
	// RefreshInterval is in hours, 0 for never.
	RefreshInterval int `bun:"refresh_interval"`
	// RefreshTaskID is the PeriodicTask that refreshes, 0 for none.
	RefreshTaskID int64 `bun:"refresh_task_id,nullzero"`
	// CustomProperties is a JSON object of options, or nil.
	CustomProperties json.RawMessage `bun:"custom_properties"`
	// Priority says whose guide wins, the highest.
	Priority int `bun:"priority"`
	// Status is one of the Status constants but StatusPendingSetup.
	Status string `bun:"status,type:varchar(20)"`
	// LastMessage is the last refresh in a sentence, or empty.
	LastMessage string `bun:"last_message,nullzero"`
	// CreatedAt is when the row was made.
	CreatedAt time.Time `bun:"created_at"`
	// UpdatedAt is when the source was last refreshed well, zero for never.
	UpdatedAt time.Time `bun:"updated_at,nullzero"`
}

// EPGData is a channel of a guide: a row of epg_epgdata. A TvgID is there at
// most once in a source.
type EPGData struct {
	bun.BaseModel `bun:"table:epg_epgdata"`

	// ID is the row's number, from 1.
	ID int64 `bun:"id,pk,autoincrement"`
	// TvgID is the guide's id of the channel, at most 255 characters.
	TvgID string `bun:"tvg_id,nullzero,type:varchar(255)"`
	// Name is at most 512 characters.
	Name string `bun:"name,type:varchar(512)"`
	// IconURL is an image's address, at most 500 characters, or empty.
	IconURL string `bun:"icon_url,nullzero,type:varchar(500)"`
	// EPGSourceID is the EPGSource, 0 for none.
	EPGSourceID int64 `bun:"epg_source_id,nullzero"`
}

// Programme is one broadcast: a row of epg_programdata.
type Programme struct {
	bun.BaseModel `bun:"table:epg_programdata"`

	// ID is the row's number, from 1.
	ID int64 `bun:"id,pk,autoincrement"`
	// EPGID is the EPGData.
	EPGID int64 `bun:"epg_id"`
	// StartTime is when it begins.
	StartTime time.Time `bun:"start_time"`
	// EndTime is when it ends.
	EndTime time.Time `bun:"end_time"`
	// Title is at most 255 characters, "No Title" when the guide has none.
	Title string `bun:"title,type:varchar(255)"`
	// SubTitle may be empty.
	SubTitle string `bun:"sub_title,nullzero"`
	// Description may be empty.
	Description string `bun:"description,nullzero"`
	// TvgID is the guide's id of the channel, or empty.
	TvgID string `bun:"tvg_id,nullzero,type:varchar(255)"`
	// ProgramID is of Schedules Direct, at most 64 characters, or empty.
	ProgramID string `bun:"program_id,nullzero,type:varchar(64)"`
	// CustomProperties is a JSON object of what else the guide says, or nil.
	CustomProperties json.RawMessage `bun:"custom_properties"`
}
