// Package sdk is all that a Go plugin imports: declare a [Plugin], hand it to
// [Serve] from main. The same source runs interpreted by the host or compiled
// by "go build", with the same answers.
//
// The package imports the standard library only.
package sdk

// Plugin is what a plugin declares of itself. Only Name is required.
type Plugin struct {
	// Name is shown to users, as in "My Plugin".
	Name string
	// Version is shown to users; semantic versions are customary. May be "".
	Version string
	// Description is one or two sentences on what the plugin is for. May be "".
	Description string
	// Author is shown to users. May be "".
	Author string
	// HelpURL leads to the plugin's documentation. May be "".
	HelpURL string

	// Settings holds the default values: a struct whose fields and tags declare
	// the settings form (docs/plugins-go.md, "Settings"). Nil means that the
	// plugin has none. Handlers get the saved values in the same type.
	Settings any

	// Actions are what users, schedules and events can run, in the order of
	// the page's buttons. Their IDs differ.
	Actions []Action

	// Start runs for as long as the plugin is enabled, see [Background]. The
	// zero value means that the plugin works only when an action is run.
	Start Worker

	// Stop runs once before the plugin's process ends, after Start has been
	// ended. It has as long as the host's grace, 5 s unless the operator chose
	// otherwise; its error is logged. May be nil.
	Stop func(ctx *Context, reason StopReason) error

	// Options lists the choices of a settings field that depend on something
	// only the plugin knows. May be nil.
	Options func(ctx *Context, field string) ([]Option, error)
}

// Action is something that can be run. ID, Label and Run are required.
type Action struct {
	// ID names the action in the API; unique within the plugin.
	ID string
	// Label is the action's name for users.
	Label string
	// Description says what the action does. May be "".
	Description string
	// ButtonLabel is the text on the button; "" means "Run".
	ButtonLabel string
	// ButtonVariant is Mantine's variant of the button, as in "outline"; ""
	// means "filled".
	ButtonVariant string
	// ButtonColor is Mantine's colour of the button, as in "red"; "" means the
	// page's own.
	ButtonColor string
	// Confirm makes the page ask before it runs the action. Nil: no question.
	Confirm *Confirm
	// Events are names of events that run the action, as in "m3u_refresh"; the
	// handler finds the event in [Context.Event].
	Events []string
	// Schedule is a cron expression by which the action is run, as in
	// "0 4 * * *". "" means never.
	Schedule string
	// Timeout cancels a run that takes longer. Zero means the host's limit for
	// Go plugins, 1 h unless the operator chose otherwise.
	Timeout Duration
	// Background makes a run answer at once and go on by itself unless the
	// caller asks otherwise.
	Background bool
	// Run is the work, made by [Handle] or [HandleParams].
	Run Handler
}

// Confirm is the question before an action. Empty texts mean the page's own.
type Confirm struct {
	// Title is the question, as in "Proceed?".
	Title string `json:"title"`
	// Message says what will happen.
	Message string `json:"message"`
}

// Option is one choice of a select.
type Option struct {
	// Value is what is stored.
	Value string `json:"value"`
	// Label is what users read.
	Label string `json:"label"`
}

// StopReason says why a plugin has to end.
type StopReason string

// The reasons that [Plugin.Stop] is given.
const (
	StopReload   StopReason = "reload"   // a newer version of the plugin takes over
	StopDisable  StopReason = "disable"  // the user has switched the plugin off
	StopDelete   StopReason = "delete"   // the user has removed the plugin
	StopShutdown StopReason = "shutdown" // the host ends
)
