// Lightcheck lets CometBFT itself judge blocks: one case a line on standard input, one answer a line
// on standard output. It tells the hashes of a block, the bytes each of its votes signs, and what
// light.Verify says of it.
package main

import (
	"bufio"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"time"

	cmtjson "github.com/cometbft/cometbft/libs/json"
	cmtmath "github.com/cometbft/cometbft/libs/math"
	"github.com/cometbft/cometbft/light"
	coretypes "github.com/cometbft/cometbft/rpc/core/types"
	"github.com/cometbft/cometbft/types"
)

// Answers are those of a node to /commit and /validators.
type Answers struct {
	Commit     json.RawMessage `json:"commit"`
	Validators json.RawMessage `json:"validators"`
}

type Case struct {
	Trusted     Answers `json:"trusted"`
	Block       Answers `json:"block"`
	Now         int64   `json:"now"`
	PeriodS     int64   `json:"period_s"`
	DriftS      int64   `json:"drift_s"`
	Numerator   uint64  `json:"numerator"`
	Denominator uint64  `json:"denominator"`
}

type Answer struct {
	Header     string   `json:"header"`
	Validators string   `json:"validators"`
	SignBytes  []string `json:"sign_bytes"`
	Refused    string   `json:"refused"`
}

func read(told Answers) (*types.SignedHeader, *types.ValidatorSet, error) {
	var commit coretypes.ResultCommit
	if err := cmtjson.Unmarshal(told.Commit, &commit); err != nil {
		return nil, nil, err
	}
	var listed coretypes.ResultValidators
	if err := cmtjson.Unmarshal(told.Validators, &listed); err != nil {
		return nil, nil, err
	}
	validators, err := types.ValidatorSetFromExistingValidators(listed.Validators)
	return &commit.SignedHeader, validators, err
}

func judge(told Case) (answer Answer) {
	// CometBFT panics where a sum of powers is too large.
	defer func() {
		if fault := recover(); fault != nil {
			answer.Refused = fmt.Sprint("panic: ", fault)
		}
	}()
	trusted, trustedValidators, err := read(told.Trusted)
	if err != nil {
		return Answer{Refused: "trusted: " + err.Error()}
	}
	block, validators, err := read(told.Block)
	if err != nil {
		return Answer{Refused: "block: " + err.Error()}
	}
	answer.Header = hex.EncodeToString(block.Header.Hash())
	answer.Validators = hex.EncodeToString(validators.Hash())
	for at := range block.Commit.Signatures {
		signed := block.Commit.VoteSignBytes(block.ChainID, int32(at))
		answer.SignBytes = append(answer.SignBytes, hex.EncodeToString(signed))
	}
	level := cmtmath.Fraction{Numerator: told.Numerator, Denominator: told.Denominator}
	if err := light.ValidateTrustLevel(level); err != nil {
		answer.Refused = err.Error()
		return answer
	}
	err = light.Verify(trusted, trustedValidators, block, validators,
		time.Duration(told.PeriodS)*time.Second, time.Unix(0, told.Now).UTC(),
		time.Duration(told.DriftS)*time.Second, level)
	if err != nil {
		answer.Refused = err.Error()
	}
	return answer
}

func main() {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<26)
	out := json.NewEncoder(os.Stdout)
	for lines.Scan() {
		var told Case
		if err := json.Unmarshal(lines.Bytes(), &told); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		if err := out.Encode(judge(told)); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	if err := lines.Err(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
