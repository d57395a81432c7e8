package proc

import "testing"

func TestMembership(t *testing.T) {
	t.Parallel()
	for file, want := range map[string]string{
		"0::/system.slice/pluggarr.service\n":                         "/system.slice/pluggarr.service",
		"12:memory:/a\n1:name=systemd:/b\n0::/user.slice/with: colon": "/user.slice/with: colon",
		"0::/\n":          "/",
		"0::/..\n":        "", // outside what this process can see
		"0::/../other\n":  "",
		"4:memory:/all\n": "",
		"":                "",
	} {
		if got := membership([]byte(file)); got != want {
			t.Errorf("membership(%q) = %q, want %q", file, got, want)
		}
	}
}

func TestMountPoint(t *testing.T) {
	t.Parallel()
	const first = "22 1 8:1 / / rw - ext4 /dev/sda rw\n35 24 0:30 / /sys/fs/cgroup/memory rw shared:9 - cgroup cgroup rw,memory\n"
	for file, want := range map[string][2]string{
		first + "30 24 0:26 / /sys/fs/cgroup rw,nosuid shared:4 master:2 - cgroup2 cgroup2 rw\n": {"/sys/fs/cgroup", "/"},
		"31 24 0:26 /../.. /mnt rw - cgroup2 none rw\n":                                          {"/mnt", "/../.."},
		first:          {},
		"1 - cgroup2 ": {},
		"":             {},
	} {
		if at, root := mountPoint([]byte(file)); at != want[0] || root != want[1] {
			t.Errorf("mountPoint(%q) = %q, %q, want %q", file, at, root, want)
		}
	}
}

func TestCount(t *testing.T) {
	t.Parallel()
	events := []byte("low 0\noom 3\noom_kill 1\nodd x\n")
	for name, want := range map[string]int{"oom": 3, "oom_kill": 1, "low": 0, "odd": 0, "none": 0} {
		if got := count(events, name); got != want {
			t.Errorf("count(%s) = %d, want %d", name, got, want)
		}
	}
}

// FuzzCgroupFiles has the kernel's files say anything: a path that is returned
// is an absolute one.
func FuzzCgroupFiles(f *testing.F) {
	f.Add([]byte("0::/a\n30 24 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\noom 3\n"))
	f.Fuzz(func(t *testing.T, file []byte) {
		mountPoint(file)
		count(file, "oom")
		if got := membership(file); got != "" && got[0] != '/' {
			t.Errorf("membership(%q) = %q", file, got)
		}
	})
}
