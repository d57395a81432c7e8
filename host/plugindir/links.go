package plugindir

import (
	"os"
	"path/filepath"
	"slices"
)

// mostLinks is how many links on the way to one folder are followed, as on Linux.
const mostLinks = 40

// follow watches for the links that lead to a plugin's folder, and for that
// folder itself, to be replaced: builds and checkouts put a whole folder in the
// place of another. The system tells of a name to who watches the folder it is in.
func (w *watch) follow(folder string) {
	top, err := filepath.EvalSymlinks(w.dir.path)
	at, rest := filepath.Join(top, folder), ""
	for range mostLinks {
		var target string
		if err == nil {
			target, err = os.Readlink(at)
		}
		if err != nil {
			return // it is no link, or nothing yet
		}
		if !filepath.IsAbs(target) {
			target = filepath.Join(filepath.Dir(at), target)
		}
		at, rest = firstLink(filepath.Join(target, rest))
		if !slices.Contains(w.links[at], folder) {
			w.links[at] = append(w.links[at], folder)
		}
		w.watch(filepath.Dir(at))
	}
}

// firstLink cuts an absolute path behind the first link on it, or behind what is
// not there; rest is "" when there is neither.
func firstLink(path string) (link, rest string) {
	for i := 1; i < len(path); i++ {
		if path[i] != filepath.Separator {
			continue
		}
		info, err := os.Lstat(path[:i])
		if err != nil || info.Mode()&os.ModeSymlink != 0 {
			return path[:i], path[i+1:]
		}
	}
	return path, ""
}

// relink watches anew what a link leads to, or what has come to be where one led.
func (w *watch) relink(path string) {
	for _, folder := range slices.Clone(w.links[path]) {
		w.release(folder)
		w.add(folder, filepath.Join(w.dir.path, folder))
		w.note(folder, "")
	}
}

// release forgets what was watched for a plugin's folder alone.
func (w *watch) release(folder string) {
	for path, folders := range w.owners {
		if !slices.Contains(folders, folder) || path == w.dir.path {
			continue
		}
		left := slices.DeleteFunc(slices.Clone(folders), func(f string) bool { return f == folder })
		w.owners[path] = left
		if len(left) == 0 {
			delete(w.owners, path)
			if !w.leading(path) {
				_ = w.system.Remove(path) // the system may have done that itself
			}
		}
	}
}

// leading says that a folder is watched for the links in it.
func (w *watch) leading(dir string) bool {
	for link := range w.links {
		if filepath.Dir(link) == dir {
			return true
		}
	}
	return false
}
