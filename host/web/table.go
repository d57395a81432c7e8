package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/gorilla/mux"

	"github.com/pluggarr/pluggarr/host/settings"
	"github.com/pluggarr/pluggarr/host/store"
)

const (
	usualPage = 50   // rows in a page that was not asked for more
	mostPage  = 1000 // rows
)

// table is the API of one table of the lineup: a path with a page of rows, and
// one below it for each row.
type table[T any] struct {
	path   string            // ends with a slash; {parent} in it is a row of another table
	name   string            // what one row is, for people
	parent string            // the column that holds {parent}; "" without one
	hidden []string          // columns that nobody sees
	admin  []string          // columns that only an admin sees
	fixed  []string          // columns that only the host sets, beside the id
	search []string          // columns that ?search= looks into
	order  []string          // of a list that was not asked for another
	filter map[string]filter // further words of a list's query
	more   []string          // names in a body that are no columns; apply takes them
	only   []string          // methods of rows that there are, in place of all

	// show adds what is not in the table to rows that are shown. Nil: nothing.
	show func(ctx context.Context, s *store.Store, rows []T, to []members) error
	// apply does the rest of what a body says about a row that was stored. Nil: nothing.
	apply func(ctx context.Context, s *store.Store, row *T, body fields) error
	// stored is told of rows that were made, once they last. Nil: nobody.
	stored func(r *request, s *server, row *T)
}

// routes lists what answers for the table.
func (t table[T]) routes(s *server) []route {
	const read, admin = store.ScopeRead, store.ScopeAdmin
	many, single := methods{}, methods{}
	all := map[string]func(){
		"list":   func() { many[http.MethodGet] = endpoint{need: read, serve: lineup(t.list(s))} },
		"create": func() { many[http.MethodPost] = endpoint{need: admin, serve: lineup(t.create(s))} },
		"one":    func() { single[http.MethodGet] = endpoint{need: read, serve: lineup(t.one(s))} },
		"change": func() { single[http.MethodPatch] = endpoint{need: admin, serve: lineup(t.change(s))} },
		"delete": func() { single[http.MethodDelete] = endpoint{need: admin, serve: lineup(t.remove(s))} },
	}
	for name, add := range all {
		if t.only == nil || slices.Contains(t.only, name) {
			add()
		}
	}
	return []route{{t.path, many}, {t.path + "{id}/", single}}
}

// lineup makes the answers to what can go wrong with rows.
func lineup(do serve) serve {
	return func(w http.ResponseWriter, r *request) error {
		err := do(w, r)
		var invalid store.Invalid
		switch {
		case errors.As(err, &invalid):
			wrong := make([]settings.FieldError, len(invalid))
			for i, problem := range invalid {
				wrong[i] = settings.FieldError{Field: problem.Field, Message: problem.Message}
			}
			return &refusal{http.StatusBadRequest, failure{
				Error: "Invalid values", Message: "Nothing was changed: " + invalid.Error() + ".", Fault: store.FaultUser, Errors: wrong,
			}}
		case errors.Is(err, store.ErrLocked):
			return refuse(http.StatusBadRequest, "It is locked", "It is part of the host: it can be neither changed nor deleted.")
		case errors.Is(err, store.ErrNotFound):
			return notFound("")
		}
		return err
	}
}

// number reads a number in the path.
func (r *request) number(name string) (int64, error) {
	id, err := strconv.ParseInt(mux.Vars(r.Request)[name], 10, 64)
	if err != nil || id < 1 {
		return 0, notFound("")
	}
	return id, nil
}

// rowPage is a part of a list, as Django's REST framework shows it.
type rowPage struct {
	Count    int       `json:"count"`    // of all rows that fit
	Next     *string   `json:"next"`     // the address of the next page; null for the last
	Previous *string   `json:"previous"` // and of the one before; null for the first
	Results  []members `json:"results"`
}

func (t table[T]) list(s *server) serve {
	return func(w http.ResponseWriter, r *request) error {
		query, number, err := t.asked(r)
		if err != nil {
			return err
		}
		count, err := store.Count[T](r.Context(), s.users, query)
		if err != nil {
			return err
		}
		if number > 1 && query.Offset >= count {
			return &refusal{http.StatusNotFound, detail{Detail: "Invalid page.", Message: fmt.Sprintf("There are %d rows.", count)}}
		}
		rows, err := store.List[T](r.Context(), s.users, query)
		if err != nil {
			return err
		}
		shown, err := t.shown(r, s, rows)
		if err != nil {
			return err
		}
		answer := rowPage{Count: count, Results: shown}
		if query.Offset+len(rows) < count {
			answer.Next = r.pageURL(number + 1)
		}
		if number > 1 {
			answer.Previous = r.pageURL(number - 1)
		}
		s.write(w, http.StatusOK, answer)
		return nil
	}
}

// pageURL is the address of another page of the list that was asked for.
func (r *request) pageURL(number int) *string {
	words := r.URL.Query()
	words.Set("page", strconv.Itoa(number))
	address := r.base() + r.URL.EscapedPath() + "?" + words.Encode()
	return &address
}

// asked reads what rows a request wants, and the number of the page.
func (t table[T]) asked(r *request) (store.Query, int, error) {
	known := []string{"page", "page_size", "ordering"}
	if len(t.search) > 0 {
		known = append(known, "search")
	}
	for word := range t.filter {
		known = append(known, word)
	}
	slices.Sort(known[3:])
	words, err := r.query(known...)
	if err != nil {
		return store.Query{}, 0, err
	}
	number, err := words.number("page", 1, 1, 1_000_000)
	if err != nil {
		return store.Query{}, 0, err
	}
	size, err := words.number("page_size", usualPage, 1, mostPage)
	if err != nil {
		return store.Query{}, 0, err
	}
	query := store.Query{Is: map[string][]any{}, Search: words["search"], In: t.search, Order: t.order, Limit: size, Offset: (number - 1) * size}
	if word := words["ordering"]; word != "" {
		if query.Order, err = t.ordering(word); err != nil {
			return store.Query{}, 0, err
		}
	}
	if t.parent != "" {
		id, err := r.number("parent")
		if err != nil {
			return store.Query{}, 0, err
		}
		query.Is[t.parent] = []any{id}
	}
	for name, narrow := range t.filter {
		if word, ok := words[name]; ok {
			if err := narrow(&query, word); err != nil {
				return store.Query{}, 0, refuse(http.StatusBadRequest, fmt.Sprintf("Invalid '%s'", name), fmt.Sprintf("'%s' %s.", name, err))
			}
		}
	}
	return query, number, nil
}

// ordering reads the columns of ?ordering=, which the caller may all see.
func (t table[T]) ordering(word string) ([]string, error) {
	order := strings.Split(word, ",")
	var may []string
	for _, c := range columnsOf(reflect.TypeFor[T]()) {
		if !slices.Contains(t.hidden, c.name) && !slices.Contains(t.admin, c.name) {
			may = append(may, c.name)
		}
	}
	for _, column := range order {
		if !slices.Contains(may, strings.TrimPrefix(column, "-")) {
			return nil, refuse(http.StatusBadRequest, "Invalid 'ordering'",
				"'ordering' is one of these, with a minus before it for the highest first: "+strings.Join(may, ", ")+".")
		}
	}
	return order, nil
}

// shown makes JSON of rows, as far as the caller may see them.
func (t table[T]) shown(r *request, s *server, rows []T) ([]members, error) {
	var private []string
	if !r.caller.Admin() {
		private = t.admin
	}
	all := make([]members, len(rows))
	for i := range rows {
		all[i] = showRow(&rows[i], t.hidden, private)
	}
	if t.show == nil {
		return all, nil
	}
	err := t.show(r.Context(), s.users, rows, all)
	return all, err
}

// answered answers with one row.
func (t table[T]) answered(s *server, w http.ResponseWriter, r *request, row *T) error {
	shown, err := t.shown(r, s, []T{*row})
	if err != nil {
		return err
	}
	status := http.StatusOK
	if r.Method == http.MethodPost {
		status = http.StatusCreated
	}
	s.write(w, status, shown[0])
	return nil
}

// find reads the row in the path.
func (t table[T]) find(r *request, s *store.Store) (*T, int64, error) {
	id, err := r.number("id")
	if err != nil {
		return nil, 0, err
	}
	query := store.Query{Is: map[string][]any{"id": {id}}, Limit: 1}
	if t.parent != "" {
		parent, err := r.number("parent")
		if err != nil {
			return nil, 0, err
		}
		query.Is[t.parent] = []any{parent}
	}
	rows, err := store.List[T](r.Context(), s, query)
	if err != nil {
		return nil, 0, err
	}
	if len(rows) == 0 {
		return nil, 0, notFound(fmt.Sprintf("There is no %s %d.", t.name, id))
	}
	return &rows[0], id, nil
}

func (t table[T]) one(s *server) serve {
	return func(w http.ResponseWriter, r *request) error {
		row, _, err := t.find(r, s.users)
		if err != nil {
			return err
		}
		return t.answered(s, w, r, row)
	}
}

// settable lists the columns that a body may set.
func (t table[T]) settable() []string {
	var names []string
	for _, c := range columnsOf(reflect.TypeFor[T]()) {
		if c.name != "id" && c.name != t.parent && !slices.Contains(t.fixed, c.name) {
			names = append(names, c.name)
		}
	}
	return names
}

func (t table[T]) create(s *server) serve {
	return func(w http.ResponseWriter, r *request) error {
		columns := t.settable()
		body, err := r.body(w, maxBody, slices.Concat(columns, t.more)...)
		if err != nil {
			return err
		}
		row := store.New[T]()
		wrong := setRow(row, body, columns)
		if t.parent != "" {
			id, err := r.number("parent")
			if err != nil {
				return err
			}
			wrong = append(wrong, setRow(row, fields{t.parent: strconv.AppendInt(nil, id, 10)}, []string{t.parent})...)
		}
		if len(wrong) > 0 {
			return wrong
		}
		err = t.save(r, s, func(tx *store.Store) error {
			if err := store.Create(r.Context(), tx, row); err != nil || t.apply == nil {
				return err
			}
			return t.apply(r.Context(), tx, row, body)
		})
		if err != nil {
			return err
		}
		s.log.Info(t.name+" made", "id", reflect.ValueOf(row).Elem().FieldByName("ID").Int(), "by", r.caller.Name)
		if t.stored != nil {
			t.stored(r, s, row)
		}
		return t.answered(s, w, r, row)
	}
}

func (t table[T]) change(s *server) serve {
	return func(w http.ResponseWriter, r *request) error {
		columns := t.settable()
		body, err := r.body(w, maxBody, slices.Concat(columns, t.more)...)
		if err != nil {
			return err
		}
		row, id, err := t.find(r, s.users)
		if err != nil {
			return err
		}
		err = t.save(r, s, func(tx *store.Store) error {
			row, err = store.Update(r.Context(), tx, id, func(row *T) error {
				if wrong := setRow(row, body, columns); len(wrong) > 0 {
					return wrong
				}
				return nil
			})
			if err != nil || t.apply == nil {
				return err
			}
			return t.apply(r.Context(), tx, row, body)
		})
		if err != nil {
			return err
		}
		s.log.Info(t.name+" changed", "id", id, "by", r.caller.Name)
		return t.answered(s, w, r, row)
	}
}

// save does something with rows in one transaction.
func (t table[T]) save(r *request, s *server, do func(tx *store.Store) error) error {
	tx, err := s.users.Begin(r.Context())
	if err != nil {
		return err
	}
	if err := do(tx.Store); err != nil {
		return errors.Join(err, tx.Rollback())
	}
	return tx.Commit()
}

func (t table[T]) remove(s *server) serve {
	return func(w http.ResponseWriter, r *request) error {
		_, id, err := t.find(r, s.users)
		if err != nil {
			return err
		}
		if _, err := store.Delete[T](r.Context(), s.users, id); err != nil {
			return err
		}
		s.log.Info(t.name+" deleted", "id", id, "by", r.caller.Name)
		w.WriteHeader(http.StatusNoContent)
		return nil
	}
}
