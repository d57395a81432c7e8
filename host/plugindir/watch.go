package plugindir

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/fsnotify/fsnotify"
)

// How long a folder has to be quiet until it is looked at. An editor writes
// one file in many steps; a checkout writes many files.
const (
	quietOne  = 30 * time.Millisecond  // when one file was touched
	quietMany = 150 * time.Millisecond // when several were
	quietMost = 2 * time.Second        // and no longer than this after the first event
)

// How often everything is looked at whatever the system reported.
const (
	lookAgain = 5 * time.Minute // lost events are rare, network file systems report nothing
	lookOften = 5 * time.Second // where folders cannot be watched
)

// Watching is what [Dir.Watch] tells, on its own goroutine; no function may
// wait.
type Watching struct {
	// Changed hears that a folder of a plugin, by its name, may hold something
	// else since a moment; "" means that any may. What follows from it is for
	// [Dir.Refresh] to find out. Required.
	Changed func(folder string, since time.Time)
	// Trouble hears, once, why folders cannot be watched: then all are looked at
	// every few seconds. Required.
	Trouble func(error)
}

// Watch tells what happens in the plugins folder until ctx ends. It takes notice
// of files that are code or a manifest, of folders, and of links at the top;
// touching a file that stays as it is, or what an editor or Python leaves
// beside the code, is nothing. The error is that of a system without a way to
// watch.
func (d *Dir) Watch(ctx context.Context, tell Watching) error {
	w := &watch{dir: d, tell: tell, owners: map[string][]string{}, links: map[string][]string{}, bursts: map[string]*burst{}, again: lookAgain}
	system, err := fsnotify.NewBufferedWatcher(4096)
	if err != nil {
		w.trouble(err)
		return w.loop(ctx, nil, nil)
	}
	defer func() { _ = system.Close() }() // nothing is lost with it
	w.system = system
	w.addAll()
	tell.Changed("", time.Now()) // what happened before
	return w.loop(ctx, system.Events, system.Errors)
}

// watch is one Watch.
type watch struct {
	dir    *Dir
	tell   Watching
	system *fsnotify.Watcher   // nil where there is none
	owners map[string][]string // for each watched folder the plugin folders it belongs to
	links  map[string][]string // for each path that a link leads to, or over, the plugin folders that are behind it
	bursts map[string]*burst   // by plugin folder
	again  time.Duration       // until everything is looked at
	failed bool                // a folder could not be watched, and that was told
}

// burst is events in one plugin folder that belong together.
type burst struct {
	first time.Time // the first event
	due   time.Time // when the folder has been quiet for long enough
	file  string    // the one file that was touched; "" when it has yet to be
	many  bool      // there were several
}

func (w *watch) loop(ctx context.Context, events <-chan fsnotify.Event, errs <-chan error) error {
	timer := time.NewTimer(w.again)
	defer timer.Stop()
	look := time.Now().Add(w.again)
	for {
		timer.Reset(time.Until(w.next(look)))
		select {
		case <-ctx.Done():
			return nil
		case event, open := <-events:
			if !open {
				return errors.New("watching the plugins folder has ended by itself")
			}
			w.take(event)
		case err := <-errs:
			if errors.Is(err, fsnotify.ErrEventOverflow) { // what was lost could be anything, new folders too
				w.addAll()
				w.tell.Changed("", time.Now())
			}
		case now := <-timer.C:
			w.flush(now)
			if !now.Before(look) {
				look = now.Add(w.again)
				if w.again == lookAgain {
					w.addAll() // a folder may have been put in the place of another where nobody looks
				}
				w.tell.Changed("", now)
			}
		}
	}
}

// next is when there is something to do without an event.
func (w *watch) next(look time.Time) time.Time {
	for _, b := range w.bursts {
		if b.due.Before(look) {
			look = b.due
		}
	}
	return look
}

// flush tells of the folders that are quiet.
func (w *watch) flush(now time.Time) {
	for _, folder := range slices.Sorted(maps.Keys(w.bursts)) {
		if b := w.bursts[folder]; !now.Before(b.due) {
			delete(w.bursts, folder)
			w.tell.Changed(folder, b.first)
		}
	}
}

// take takes one event in.
func (w *watch) take(event fsnotify.Event) {
	if event.Op == fsnotify.Chmod {
		return
	}
	parent, name := filepath.Split(event.Name)
	parent = filepath.Clean(parent)
	folders := w.owners[parent]
	if parent == w.dir.path {
		if isPassing(name) {
			return
		}
		folders = []string{name}
	}
	_, wasFolder := w.owners[event.Name]
	if wasFolder && (event.Has(fsnotify.Remove) || event.Has(fsnotify.Rename)) {
		w.drop(event.Name)
	}
	isFolder := event.Has(fsnotify.Create) && leadsToFolder(event.Name)
	if isFolder && parent != w.dir.path && skipDir(name) {
		folders = nil
	}
	for _, folder := range folders {
		switch {
		case isFolder: // with whatever was put into it before it is watched
			files := w.add(folder, event.Name)
			if parent != w.dir.path {
				files = []string{""}
			}
			w.expect(folder, files)
		case wasFolder, parent == w.dir.path:
			w.follow(folder) // it may be a link that leads nowhere yet
			w.note(folder, "")
		case w.counts(folder, name):
			w.note(folder, event.Name)
		}
	}
	if event.Has(fsnotify.Create | fsnotify.Remove | fsnotify.Rename) {
		w.relink(event.Name)
	}
}

// drop forgets a folder that has gone or has another name now, with those in
// it: the system would go on telling of them by their old names.
func (w *watch) drop(path string) {
	for inner := range w.owners {
		if inner == path || strings.HasPrefix(inner, path+string(filepath.Separator)) {
			delete(w.owners, inner)
			_ = w.system.Remove(inner) // the system may have done that itself
		}
	}
}

// counts says that a file of this name makes a difference to a plugin.
func (w *watch) counts(folder, name string) bool {
	return isSource(name) || name == "logo.png" || w.dir.program(folder) == name
}

// note counts an event; file is "" when it is about more than one.
func (w *watch) note(folder, file string) {
	now := time.Now()
	b := w.bursts[folder]
	if b == nil {
		b = &burst{first: now}
		w.bursts[folder] = b
	}
	b.many = b.many || file == "" || b.file != "" && file != b.file
	b.file = file
	quiet := quietOne
	if b.many {
		quiet = quietMany
	}
	b.due = now.Add(quiet)
	if latest := b.first.Add(quietMost); b.due.After(latest) {
		b.due = latest
	}
}

// expect counts the coming of a plugin's folder with the files in it, or of one
// that is still empty: if one file comes, that is all there is to wait for.
func (w *watch) expect(folder string, files []string) {
	for _, file := range files {
		w.note(folder, file)
	}
	if w.bursts[folder] == nil {
		now := time.Now()
		w.bursts[folder] = &burst{first: now, due: now.Add(quietMany)}
	}
}

// addAll watches the plugins folder and all that is in it.
func (w *watch) addAll() {
	clear(w.owners)
	clear(w.links)
	w.watch(w.dir.path)
	entries, err := os.ReadDir(w.dir.path)
	if err != nil {
		w.trouble(err)
		return
	}
	for _, e := range entries {
		if !isPassing(e.Name()) {
			w.add(e.Name(), filepath.Join(w.dir.path, e.Name()))
		}
	}
}

// add watches a folder of a plugin with the folders in it, and returns the files
// there that count. Each folder is watched before it is read, so that nothing in
// it is missed.
func (w *watch) add(folder, path string) (files []string) {
	if filepath.Dir(path) == w.dir.path {
		w.follow(folder)
	}
	root, err := filepath.EvalSymlinks(path)
	if err != nil {
		return nil // it has gone again, and there will be an event for that
	}
	_ = filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error { // what cannot be read is not watched
		switch {
		case err != nil:
			return nil //nolint:nilerr // the others are
		case !e.IsDir():
			if w.counts(folder, e.Name()) {
				files = append(files, path)
			}
			return nil
		case path != root && skipDir(e.Name()):
			return fs.SkipDir
		}
		if !slices.Contains(w.owners[path], folder) {
			w.owners[path] = append(w.owners[path], folder)
		}
		w.watch(path)
		return nil
	})
	return files
}

func (w *watch) watch(path string) {
	err := w.system.Add(path)
	if err == nil || errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission) && path != w.dir.path {
		return // a folder that is closed to the host is nothing it could run, and no trouble for the others
	}
	w.trouble(fmt.Errorf("watch %s: %w", path, err))
}

// trouble goes on without the system's help.
func (w *watch) trouble(err error) {
	w.again = lookOften
	if !w.failed {
		w.failed = true
		w.tell.Trouble(err)
	}
}

// leadsToFolder says that a path is a folder or a link to one.
func leadsToFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// program returns the name of the compiled program of a plugin folder, as of
// the last scan; "" for none.
func (d *Dir) program(folder string) string {
	d.mu.Lock()
	defer d.mu.Unlock()
	if s := d.seen[folder]; s != nil && s.Executable != "" {
		return filepath.Base(s.Executable)
	}
	return ""
}
