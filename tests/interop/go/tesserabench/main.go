// tesserabench adds entries to a log of Tessera on POSIX files, the nearest peer of our ledger, and
// prints what that took as one JSON object.
//
//	tesserabench -dir DIR -count 100000                  throughput: as many as can be
//	tesserabench -dir DIR -count 10000 -wait published   each adder waits for each of its entries
//
// Without -wait an adder hands over its next entry at once and the clock stops when a checkpoint
// covers the last. With -wait each adder goes on only when its entry is there, and the time from
// handing over is its latency: "integrated" is durable in the tree, with no signature over it yet;
// "published" is covered by a signed checkpoint, of which Tessera makes ten a second at most. The
// second is what our ledger means by acknowledged. Every run begins in an empty folder. Antispam (deduplication) is off: our ledger does not do it in its log either.
package main

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"sync/atomic"
	"time"

	"github.com/transparency-dev/tessera"
	"github.com/transparency-dev/tessera/storage/posix"
	"golang.org/x/mod/sumdb/note"
)

const (
	waitNot        = ""
	waitIntegrated = "integrated"
	waitPublished  = "published"
)

type settings struct {
	Dir                string `json:"-"`
	Count              int    `json:"count"`
	EntryBytes         int    `json:"entry_bytes"`
	BatchSize          uint   `json:"batch_size"`
	BatchAgeMS         int    `json:"batch_age_ms"`
	CheckpointMS       int    `json:"checkpoint_ms"`
	PollMS             int    `json:"poll_ms"`
	Adders             int    `json:"adders"`
	Wait               string `json:"wait"`
	Antispam           bool   `json:"antispam"`
	GarbageCollectionS int    `json:"garbage_collection_s"`
}

type result struct {
	Program          string   `json:"program"`
	Version          string   `json:"version"`
	Go               string   `json:"go"`
	Cores            int      `json:"cores"`
	Entries          uint64   `json:"entries"`
	Seconds          float64  `json:"seconds"`
	EntriesPerSecond float64  `json:"entries_per_second"`
	MedianMS         *float64 `json:"median_ms"`
	P99MS            *float64 `json:"p99_ms"`
	Settings         settings `json:"settings"`
}

func main() {
	var s settings
	flag.StringVar(&s.Dir, "dir", "", "folder to make the log in; must be empty or absent")
	flag.IntVar(&s.Count, "count", 100_000, "entries to add")
	flag.IntVar(&s.EntryBytes, "entry-bytes", 130, "bytes of each entry")
	flag.UintVar(&s.BatchSize, "batch-size", tessera.DefaultBatchMaxSize, "entries of a batch at most")
	flag.IntVar(&s.BatchAgeMS, "batch-age-ms", 250, "how long a batch waits to be filled")
	flag.IntVar(&s.CheckpointMS, "checkpoint-ms", 100, "between checkpoints; the driver takes no less than 100")
	flag.IntVar(&s.PollMS, "poll-ms", 5, "how often an adder looks for a new checkpoint")
	flag.IntVar(&s.Adders, "adders", 64, "goroutines that add")
	flag.StringVar(&s.Wait, "wait", waitNot, "each adder waits until its entry is \"integrated\" or \"published\"")
	flag.IntVar(&s.GarbageCollectionS, "gc-s", 60, "between removals of partial tiles; 0 for never")
	flag.Parse()
	made, err := run(s)
	if err == nil {
		err = json.NewEncoder(os.Stdout).Encode(made)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(s settings) (*result, error) {
	if found, err := os.ReadDir(s.Dir); s.Dir == "" || len(found) > 0 || (err != nil && !errors.Is(err, os.ErrNotExist)) {
		return nil, fmt.Errorf("-dir must name an empty folder or none: %q", s.Dir)
	}
	if s.BatchSize < 1 || s.PollMS < 1 || s.CheckpointMS < 100 {
		return nil, errors.New("-batch-size and -poll-ms must be 1 or more, -checkpoint-ms 100 or more")
	}
	if !slices.Contains([]string{waitNot, waitIntegrated, waitPublished}, s.Wait) {
		return nil, fmt.Errorf("-wait must be empty, integrated or published: %q", s.Wait)
	}
	if s.Count < 1 || s.Adders < 1 || s.EntryBytes < 8 {
		return nil, errors.New("-count and -adders must be 1 or more, -entry-bytes 8 or more")
	}
	ctx := context.Background()
	appender, shutdown, reader, err := open(ctx, s)
	if err != nil {
		return nil, err
	}
	awaiter := tessera.NewPublicationAwaiter(ctx, reader.ReadCheckpoint, time.Duration(s.PollMS)*time.Millisecond)

	taken := make([]time.Duration, s.Count)
	var next atomic.Int64
	ended := make(chan error, s.Adders)
	started := time.Now()
	for range s.Adders {
		go func() { ended <- add(ctx, s, appender, awaiter, &next, taken) }()
	}
	for range s.Adders {
		err = errors.Join(err, <-ended)
	}
	seconds := time.Since(started).Seconds()
	if err = errors.Join(err, shutdown(ctx)); err != nil {
		return nil, err
	}
	size, err := reader.IntegratedSize(ctx)
	if err != nil {
		return nil, err
	}
	if size != uint64(s.Count) {
		return nil, fmt.Errorf("%d entries were added and %d are there", s.Count, size)
	}
	made := &result{
		Program: "tessera, POSIX driver", Version: version(), Go: runtime.Version(), Cores: runtime.GOMAXPROCS(0),
		Entries: size, Seconds: seconds, EntriesPerSecond: float64(size) / seconds,
		Settings: s,
	}
	if s.Wait != waitNot {
		slices.Sort(taken)
		made.MedianMS = milliseconds(taken[len(taken)/2])
		made.P99MS = milliseconds(taken[min(len(taken)-1, len(taken)*99/100)])
	}
	return made, nil
}

// open makes a log under a key that is thrown away.
func open(ctx context.Context, s settings) (*tessera.Appender, func(context.Context) error, tessera.LogReader, error) {
	secret, _, err := note.GenerateKey(rand.Reader, "example.org/peer")
	if err != nil {
		return nil, nil, nil, err
	}
	signer, err := note.NewSigner(secret)
	if err != nil {
		return nil, nil, nil, err
	}
	driver, err := posix.New(ctx, posix.Config{Path: s.Dir})
	if err != nil {
		return nil, nil, nil, err
	}
	options := tessera.NewAppendOptions().
		WithCheckpointSigner(signer).
		WithBatching(s.BatchSize, time.Duration(s.BatchAgeMS)*time.Millisecond).
		WithCheckpointInterval(time.Duration(s.CheckpointMS) * time.Millisecond).
		WithGarbageCollectionInterval(time.Duration(s.GarbageCollectionS) * time.Second)
	return tessera.NewAppender(ctx, driver, options)
}

// add takes numbers until none is left. Without -wait it goes on at once and asks its futures in the
// end: the driver holds an adder up by itself when the batch before is still being written.
func add(ctx context.Context, s settings, appender *tessera.Appender, awaiter *tessera.PublicationAwaiter,
	next *atomic.Int64, taken []time.Duration,
) error {
	var futures []tessera.IndexFuture
	for {
		number := next.Add(1) - 1
		if number >= int64(s.Count) {
			break
		}
		data := make([]byte, s.EntryBytes)
		binary.BigEndian.PutUint64(data, uint64(number)) // no two entries alike
		started := time.Now()
		future := appender.Add(ctx, tessera.NewEntry(data))
		var err error
		switch s.Wait {
		case waitNot:
			futures = append(futures, future)
		case waitIntegrated:
			_, err = future()
		case waitPublished:
			_, _, err = awaiter.Await(ctx, future)
		}
		if err != nil {
			return err
		}
		taken[number] = time.Since(started)
	}
	for _, future := range futures {
		if _, _, err := awaiter.Await(ctx, future); err != nil {
			return err
		}
	}
	return nil
}

func milliseconds(taken time.Duration) *float64 {
	value := float64(taken.Microseconds()) / 1000
	return &value
}

// version returns which Tessera this program was built with.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	for _, module := range info.Deps {
		if module.Path == "github.com/transparency-dev/tessera" {
			return module.Version
		}
	}
	return ""
}
