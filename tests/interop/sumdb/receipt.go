// Checks a receipt of tacit with nothing of tacit: encoding/json for the canonical form (its maps
// are written in the order of their keys, and the receipt has integers only), SHA-256 for the
// commitment, note and tlog for signature and inclusion.

package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func canonical(value any) []byte {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	must(encoder.Encode(value))
	return bytes.TrimSuffix(out.Bytes(), []byte("\n"))
}

// receipt returns what is wrong with the receipt in a file, nil if it holds.
func receipt(data []byte) error {
	var held struct {
		Receipt           map[string]any
		Salt, Vkey, Proof string
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	if err := decoder.Decode(&held); err != nil {
		return err
	}
	salt, err := base64.StdEncoding.DecodeString(held.Salt)
	if err != nil || len(salt) != 32 {
		return fmt.Errorf("the salt is %d bytes", len(salt))
	}
	commitment := sha256.Sum256(append(salt, canonical(held.Receipt)...))
	verifier, err := note.NewVerifier(held.Vkey)
	if err != nil {
		return err
	}
	head, rest, _ := strings.Cut(held.Proof, "\n\n")
	if _, err := note.Open([]byte(rest), note.VerifierList(verifier)); err != nil {
		return err
	}
	of := checkpoint([]byte(rest), verifier)
	lines := strings.Split(head, "\n")
	index, err := strconv.ParseInt(strings.TrimPrefix(lines[2], "index "), 10, 64)
	if err != nil {
		return err
	}
	var path []tlog.Hash
	for _, line := range lines[3:] {
		hash, err := tlog.ParseHash(line)
		if err != nil {
			return err
		}
		path = append(path, hash)
	}
	return tlog.CheckRecord(path, of.N, of.Hash, index, tlog.RecordHash(commitment[:]))
}

func checkReceipt(path string) {
	data, err := os.ReadFile(path)
	must(err)
	must(receipt(data))
	changed := bytes.Replace(data, []byte(`"tacit:decision":"permit"`),
		[]byte(`"tacit:decision":"denied"`), 1)
	if bytes.Equal(changed, data) || receipt(changed) == nil {
		must(fmt.Errorf("%s holds when it is changed", path))
	}
	fmt.Println("receipt: it holds, and does not when it is changed")
}
