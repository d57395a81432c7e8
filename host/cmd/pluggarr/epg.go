package main

import "github.com/spf13/cobra"

func newEPG() *cobra.Command {
	k := epgKind()
	return k.group("Look after EPG sources: programme guides",
		`Makes EPG sources, fetches them anew, lists and deletes them. A source is a guide in
XMLTV, by its address or as a file on the host's machine.`,
		`  pluggarr epg add --name Guide --url https://tv.example/guide.xml.gz
  pluggarr epg refresh Guide
  pluggarr epg list`,
		newEPGAdd(k))
}

func newEPGAdd(k kind) *cobra.Command {
	var given adding
	asJSON := false
	cmd := &cobra.Command{
		Use:   "add",
		Short: "Make a source and fetch it",
		Long: `Makes a source and fetches it for the first time. A guide may be plain, or packed
with gzip, xz or zip. Programmes are kept for the channels that use the guide.`,
		Example: `  pluggarr epg add --name Guide --url https://tv.example/guide.xml.gz --refresh-hours 12
  pluggarr epg add --name Guide --file /srv/tv/guide.xml`,
		Args: takes(0, 0, "flags only"),
	}
	given.attach(cmd, "guide")
	jsonFlag(cmd, &asJSON)
	return remote(cmd, func(cmd *cobra.Command, c *client, _ []string) error {
		body, err := given.body("url")
		if err != nil {
			return err
		}
		return k.add(cmd, c, body, following{given.wait, asJSON})
	})
}
