// Package settings turns what a plugin declares into a form, a JSON Schema and
// checks. It neither stores values nor serves them.
//
// A [Form] comes from the shape of a Go struct ([FromShape], [FromParams]) or
// from the fields of a Python plugin ([FromFields]); from then on both are the
// same.
//
// # The schema
//
// [Form.Schema] is one JSON Schema (draft 2020-12) without references: an
// object whose properties stand in the order of the declaration. It describes
// values that were chosen. Two rules that it does not repeat for every property
// hold everywhere: null, and "" where text is kept, mean "nothing chosen" and
// are accepted wherever a value is not required; and unknown properties are
// kept.
//
// What JSON Schema has no word for is said in keys of its own:
//
//	x-widget        how to edit: textarea, password, cron, regex, url, color, duration, info (text without an
//	                input, whose text is the default), or a picker: channel, group, profile, account, epgsource
//	x-enum-labels   an object: the labels of the values in enum, by value
//	x-options       "plugin": the choices are asked of the plugin while the form is shown
//	x-section       the heading under which the property stands
//	x-visible-if    {"field": name, "value": value}: shown while the property of that name beside it has that value
//	x-required      true: may not be empty while it is visible ("required" lists what may not be left out, because
//	                it is always visible and its default is empty)
//	x-placeholder   text in the empty input
//	x-step          by how much a number goes up and down
//
// A secret is a string with "format": "password" and "writeOnly": true; its
// default is never in the schema. Further formats are "go-duration" (1m30s),
// "cron", "color" and, of JSON Schema's own, "uri" and "regex" (Go's syntax).
//
// # The legacy list
//
// [Form.Fields] is the same as the list that Dispatcharr's page understands.
// Text lists, tables and sections have no place in it and are left out; the
// schema has them.
package settings
