// Checks a log that ledger_interop wrote with golang.org/x/mod/sumdb: the checkpoint by note and
// tlog, proof files and requests to witnesses by tlog, and all tiles as a tlog.TileReader.
//
//	go run . FOLDER [RECEIPT]
package main

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

var folder string

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "interop:", err)
		os.Exit(1)
	}
}

func read(path string) []byte {
	data, err := os.ReadFile(filepath.Join(folder, path))
	must(err)
	return data
}

// The tree of a checkpoint whose signature note has verified.
func checkpoint(data []byte, verifier note.Verifier) tlog.Tree {
	opened, err := note.Open(data, note.VerifierList(verifier))
	must(err)
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[0] != verifier.Name() || len(opened.Sigs) != 1 {
		must(fmt.Errorf("checkpoint of another shape: %q", opened.Text))
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	must(err)
	root, err := tlog.ParseHash(lines[2])
	must(err)
	return tlog.Tree{N: size, Hash: root}
}

func hashes(lines []string) (out []tlog.Hash) {
	for _, line := range lines {
		hash, err := tlog.ParseHash(line)
		must(err)
		out = append(out, hash)
	}
	return out
}

type tiles struct{ read int }

func (t *tiles) Height() int                         { return 8 }
func (t *tiles) SaveTiles(_ []tlog.Tile, _ [][]byte) {}
func (t *tiles) ReadTiles(want []tlog.Tile) (out [][]byte, err error) {
	for _, tile := range want {
		// tlog names the height too, which tlog-tiles leaves out.
		path := strings.Replace(tile.Path(), "tile/8/", "tile/", 1)
		out = append(out, read(path))
		t.read++
	}
	return out, nil
}

func main() {
	folder = os.Args[1]
	if len(os.Args) > 2 {
		checkReceipt(os.Args[2])
	}
	verifier, err := note.NewVerifier(string(read("vkey")))
	must(err)
	data := read("checkpoint")
	tree := checkpoint(data, verifier)
	fmt.Printf("checkpoint: %s, size %d, root %s\n", verifier.Name(), tree.N, tree.Hash)

	proofs := 0
	files, err := filepath.Glob(filepath.Join(folder, "proof.*"))
	must(err)
	for _, file := range files {
		head, rest, _ := strings.Cut(string(read(filepath.Base(file))), "\n\n")
		lines := strings.Split(head, "\n")
		extra, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(lines[1], "extra "))
		must(err)
		if lines[0] != "c2sp.org/tlog-proof@v1" || string(extra) != "extra" {
			must(fmt.Errorf("%s: %q", file, lines[:2]))
		}
		index, err := strconv.ParseInt(strings.TrimPrefix(lines[2], "index "), 10, 64)
		must(err)
		of := checkpoint([]byte(rest), verifier)
		leaf := tlog.RecordHash([]byte(fmt.Sprintf("entry %d", index)))
		must(tlog.CheckRecord(hashes(lines[3:]), of.N, of.Hash, index, leaf))
		if tlog.CheckRecord(hashes(lines[3:]), of.N, of.Hash, index+1, leaf) == nil {
			must(fmt.Errorf("%s holds for another index", file))
		}
		proofs++
	}
	fmt.Printf("proof files: %d inclusion proofs hold\n", proofs)

	reader := &tiles{}
	source := tlog.TileHashReader(tree, reader)
	asks := 0
	files, err = filepath.Glob(filepath.Join(folder, "ask.*"))
	must(err)
	for _, file := range files {
		head, rest, _ := strings.Cut(string(read(filepath.Base(file))), "\n\n")
		lines := strings.Split(head, "\n")
		old, err := strconv.ParseInt(strings.TrimPrefix(lines[0], "old "), 10, 64)
		must(err)
		of := checkpoint([]byte(rest), verifier)
		root, err := tlog.TreeHash(old, source)
		must(err)
		must(tlog.CheckTree(hashes(lines[1:]), of.N, of.Hash, old, root))
		asks++
	}
	fmt.Printf("requests: %d consistency proofs hold\n", asks)

	entries := int64(0)
	for bundle := int64(0); bundle*256 < tree.N; bundle++ {
		path := fmt.Sprintf("tile/entries/%03d", bundle)
		if tree.N-bundle*256 < 256 {
			path += fmt.Sprintf(".p/%d", tree.N-bundle*256)
		}
		for data := read(path); len(data) > 0; entries++ {
			size := int(binary.BigEndian.Uint16(data))
			stored, err := source.ReadHashes([]int64{tlog.StoredHashIndex(0, entries)})
			must(err)
			if stored[0] != tlog.RecordHash(data[2:2+size]) {
				must(fmt.Errorf("entry %d is not the one of the tree", entries))
			}
			data = data[2+size:]
		}
	}
	fmt.Printf("entries: %d of %d are those of the tree, %d tiles read\n", entries, tree.N, reader.read)
	if entries != tree.N || proofs == 0 || asks == 0 {
		os.Exit(1)
	}
}
