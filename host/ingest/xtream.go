package ingest

import "errors"

func newXtream(*m3uRun, Source) (provider, error) { return nil, errors.New("not yet") }
