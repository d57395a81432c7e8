package auth

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/pluggarr/pluggarr/host/store"
)

const (
	minPassword = 8   // characters
	maxName     = 150 // characters of a user name
)

// Invalid is what is wrong with the values of an account, by field, in the form
// in which Dispatcharr answers.
type Invalid map[string][]string

// Error describes it on one line.
func (i Invalid) Error() string {
	var all []string
	for _, field := range slices.Sorted(maps.Keys(i)) {
		all = append(all, field+": "+strings.Join(i[field], " "))
	}
	return strings.Join(all, "; ")
}

// Username returns a user name in the form in which it is kept, NFKC as in
// Django. The error is Invalid.
func Username(name string) (string, error) {
	name = norm.NFKC.String(name)
	wrong := func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("@.+-_", r)
	}
	switch n := utf8.RuneCountInString(name); {
	case n == 0:
		return "", Invalid{"username": {"This field may not be blank."}}
	case n > maxName:
		return "", Invalid{"username": {fmt.Sprintf("Ensure this field has no more than %d characters.", maxName)}}
	case strings.ContainsFunc(name, wrong):
		return "", Invalid{"username": {"Enter a valid username. This value may contain only letters, numbers, and @/./+/-/_ characters."}}
	}
	return name, nil
}

// HasPassword says whether a password can fit, so that the user can log in.
func HasPassword(user *store.User) bool {
	return user.Password != "" && !strings.HasPrefix(user.Password, "!")
}

// CheckPassword says why a password cannot be set. The error is Invalid.
func CheckPassword(password string) error {
	switch {
	case password == "":
		return Invalid{"password": {"This field may not be blank."}}
	case utf8.RuneCountInString(password) < minPassword:
		return Invalid{"password": {fmt.Sprintf("This password is too short. It must contain at least %d characters.", minPassword)}}
	case len(password) > maxPassword:
		return Invalid{"password": {fmt.Sprintf("Ensure this field has no more than %d bytes.", maxPassword)}}
	case strings.ContainsRune(password, 0):
		return Invalid{"password": {"Null characters are not allowed."}}
	}
	return nil
}

// SetLevel gives a user a level, and what Django has beside it. The error is
// Invalid for levels that do not exist.
func SetLevel(user *store.User, level int) error {
	if level != levelStreamer && level != levelStandard && level != store.LevelAdmin {
		return Invalid{"user_level": {"A user's level is 0 (streamer), 1 (standard user) or 10 (admin)."}}
	}
	user.UserLevel = level
	user.IsStaff, user.IsSuperuser = level == store.LevelAdmin, level == store.LevelAdmin
	return nil
}
