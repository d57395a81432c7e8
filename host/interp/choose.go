package interp

import "reflect"

// option is one case of a select statement.
type option struct {
	number int
	reflect.SelectCase
	to reflect.Value // the variable that gets what is received; invalid for none
}

// recv is "case <-channel".
func recv(number int, channel any) option {
	return option{number, reflect.SelectCase{Dir: reflect.SelectRecv, Chan: reflect.ValueOf(channel)}, reflect.Value{}}
}

// recvTo is "case *to = <-channel".
func recvTo(number int, channel, to any) option {
	o := recv(number, channel)
	o.to = reflect.ValueOf(to).Elem()
	return o
}

// send is "case channel <- *value".
func send(number int, channel, value any) option {
	return option{number, reflect.SelectCase{
		Dir: reflect.SelectSend, Chan: reflect.ValueOf(channel), Send: reflect.ValueOf(value).Elem(),
	}, reflect.Value{}}
}

// choose is the select statement. It returns the number of the chosen case, -1
// for the default one, and whether what was received was sent.
func choose(wait bool, options ...option) (number int, received bool) {
	cases := make([]reflect.SelectCase, len(options), len(options)+1)
	for i, o := range options {
		cases[i] = o.SelectCase
	}
	if !wait {
		cases = append(cases, reflect.SelectCase{Dir: reflect.SelectDefault})
	}
	i, value, received := reflect.Select(cases)
	if i == len(options) {
		return -1, false
	}
	if o := options[i]; o.to.IsValid() {
		o.to.Set(value)
	}
	return options[i].number, received
}
