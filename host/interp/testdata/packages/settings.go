package main

const version = "2.0.0"

var settings = Settings{Text: "text"}

type Settings struct {
	Text string `json:"text"`
}
