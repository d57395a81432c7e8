package main

import "github.com/spf13/cobra"

func newM3U() *cobra.Command {
	k := m3uKind()
	return k.group("Look after M3U accounts: playlists and Xtream Codes servers",
		`Makes M3U accounts, fetches them anew, lists and deletes them. An account is a
playlist, by its address or as a file on the host's machine, or an Xtream Codes
server; its streams are what channels are made of.`,
		`  pluggarr m3u add --name Home --url https://tv.example/list.m3u
  pluggarr m3u refresh Home
  pluggarr m3u list`,
		newM3UAdd(k))
}

func newM3UAdd(k kind) *cobra.Command {
	var given adding
	asJSON, username, password := false, "", ""
	cmd := &cobra.Command{
		Use:   "add",
		Short: "Make an account and fetch it",
		Long: `Makes an account and fetches it for the first time. A playlist may be plain, or
packed with gzip, xz or zip.

With --username it is an Xtream Codes server at --url. ` + aboutPasswords,
		Example: `  pluggarr m3u add --name Home --url https://tv.example/list.m3u
  pluggarr m3u add --name Files --file /srv/tv/list.m3u.gz --refresh-hours 24
  pluggarr m3u add --name Codes --url http://tv.example:8080 --username ann --password-file ann.txt`,
		Args: takes(0, 0, "flags only"),
	}
	given.attach(cmd, "playlist")
	jsonFlag(cmd, &asJSON)
	cmd.Flags().StringVar(&username, "username", "", "who logs in at an Xtream Codes server")
	passwordFlag(cmd, &password)
	return remote(cmd, func(cmd *cobra.Command, c *client, _ []string) error {
		body, err := given.body("server_url")
		if err != nil {
			return err
		}
		if username != "" {
			if body["password"], err = readPassword(cmd, password); err != nil {
				return err
			}
			body["username"], body["account_type"] = username, "XC"
		}
		return k.add(cmd, c, body, following{given.wait, asJSON})
	})
}
