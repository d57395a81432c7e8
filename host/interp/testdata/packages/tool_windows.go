package main

func init() { doesNotExistHere() }
