// notecheck says whether other people's code accepts a checkpoint of ours, and a proof under it.
//
//	notecheck -key FILE [-cosigner FILE] CHECKPOINT
//	notecheck -key FILE -entry FILE PROOF
//
// The key file holds a vkey of C2SP signed-note. With -cosigner, a file with the vkey of a witness,
// its cosignature must hold too (type 0x04, by transparency-dev/formats). With -entry the argument is a C2SP tlog-proof, and
// the file named holds the bytes of the log entry that it proves. Prints "ok" and what was checked,
// or the reason on standard error with exit status 1. All
// else rests on golang.org/x/mod/sumdb.
package main

import (
	"bytes"
	"encoding/base64"
	"errors"
	"flag"
	"fmt"
	"os"
	"strconv"
	"strings"

	formats "github.com/transparency-dev/formats/note"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const proofHeader = "c2sp.org/tlog-proof@v1"

func main() {
	key := flag.String("key", "", "file with the vkey of the log")
	entry := flag.String("entry", "", "file with the entry that the tlog-proof proves")
	cosigner := flag.String("cosigner", "", "file with the vkey of a witness")
	flag.Parse()
	said, err := check(*key, *cosigner, *entry, flag.Arg(0))
	if err != nil {
		fmt.Fprintln(os.Stderr, "refused:", err)
		os.Exit(1)
	}
	fmt.Println("ok", said)
}

func check(keyFile, cosignerFile, entryFile, file string) (string, error) {
	verifier, err := keyIn(keyFile, note.NewVerifier)
	if err != nil {
		return "", err
	}
	needed := []note.Verifier{verifier}
	if cosignerFile != "" {
		cosigner, err := keyIn(cosignerFile, formats.NewVerifierForCosignatureV1)
		if err != nil {
			return "", err
		}
		needed = append(needed, cosigner)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return "", err
	}
	if entryFile == "" {
		tree, err := opened(text, needed)
		if err != nil {
			return "", err
		}
		return fmt.Sprintf("%s %d %s", verifier.Name(), tree.N, tree.Hash), nil
	}
	entry, err := os.ReadFile(entryFile)
	if err != nil {
		return "", err
	}
	return proved(text, entry, needed)
}

func keyIn(file string, read func(string) (note.Verifier, error)) (note.Verifier, error) {
	vkey, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	return read(strings.TrimSpace(string(vkey)))
}

// opened returns the tree of a checkpoint that all those needed have signed, the log first.
func opened(text []byte, needed []note.Verifier) (tlog.Tree, error) {
	verifier := needed[0]
	read, err := note.Open(text, note.VerifierList(needed...))
	if err != nil {
		return tlog.Tree{}, err
	}
	if len(read.Sigs) != len(needed) {
		return tlog.Tree{}, fmt.Errorf("%d of %d signatures are there", len(read.Sigs), len(needed))
	}
	lines := strings.Split(read.Text, "\n")
	if len(lines) < 4 || lines[0] != verifier.Name() {
		return tlog.Tree{}, errors.New("not a checkpoint of this log")
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return tlog.Tree{}, err
	}
	root, err := tlog.ParseHash(lines[2])
	if err != nil {
		return tlog.Tree{}, err
	}
	return tlog.Tree{N: size, Hash: root}, nil
}

// proved checks a tlog-proof of one entry and the checkpoint that closes it.
func proved(text, entry []byte, needed []note.Verifier) (string, error) {
	head, checkpoint, found := bytes.Cut(text, []byte("\n\n"))
	lines := strings.Split(string(head), "\n")
	if !found || len(lines) < 2 || lines[0] != proofHeader {
		return "", errors.New("not a tlog-proof")
	}
	lines = lines[1:]
	if strings.HasPrefix(lines[0], "extra ") {
		lines = lines[1:]
	}
	if len(lines) == 0 || !strings.HasPrefix(lines[0], "index ") {
		return "", errors.New("a tlog-proof without an index")
	}
	index, err := strconv.ParseInt(strings.TrimPrefix(lines[0], "index "), 10, 64)
	if err != nil {
		return "", err
	}
	var path tlog.RecordProof
	for _, line := range lines[1:] {
		step, err := base64.StdEncoding.DecodeString(line)
		if err != nil || len(step) != tlog.HashSize {
			return "", errors.New("a step of the path is not 32 bytes in base64")
		}
		path = append(path, tlog.Hash(step))
	}
	tree, err := opened(checkpoint, needed)
	if err != nil {
		return "", err
	}
	if err := tlog.CheckRecord(path, tree.N, tree.Hash, index, tlog.RecordHash(entry)); err != nil {
		return "", err
	}
	return fmt.Sprintf("%s entry %d of %d", needed[0].Name(), index, tree.N), nil
}
