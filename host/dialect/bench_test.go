package dialect_test

import (
	"os"
	"testing"

	"github.com/pluggarr/pluggarr/host/dialect"
)

// A process that checks one plugin pays for "first"; the host's spare worker,
// which reads many, pays for "again".
func BenchmarkCheck(b *testing.B) {
	for _, plugin := range []string{"small", "large"} {
		folder := os.DirFS("testdata/" + plugin)
		c := checker(b)
		if r := c.Check(folder, plugin); len(r.Problems) > 0 {
			b.Fatal(r.Problems)
		}
		b.Run(plugin+"/first", func(b *testing.B) {
			for b.Loop() {
				fresh, err := dialect.New()
				if err != nil {
					b.Fatal(err)
				}
				fresh.Check(folder, plugin)
			}
		})
		b.Run(plugin+"/again", func(b *testing.B) {
			for b.Loop() {
				c.Check(folder, plugin)
			}
		})
	}
}
