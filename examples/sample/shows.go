package sample

// show is something that stations broadcast.
type show struct {
	title, about string
	episodes     bool
}

// shows lists what stations of a kind broadcast, at least one.
func shows(kind string) []show {
	return map[string][]show{
		"news": {
			{"The Hour", "What happened in the last sixty minutes, and what it means.", false},
			{"Headlines", "The news in brief.", false},
			{"Press Review", "What the papers say, read by people who disagree.", false},
			{"In Depth", "One subject, looked at from all sides.", true},
			{"Weather & Roads", "Rain, sun and where the traffic stands.", false},
		},
		"sport": {
			{"Live: League Match", "Two teams, ninety minutes and what comes after.", false},
			{"Highlights", "The goals, the falls and the finishes of the day.", false},
			{"Half-Time", "Guests in the studio argue about the first half.", false},
			{"Training Ground", "A week with those who never make the headlines.", true},
		},
		"film": {
			{"The Lighthouse Keeper's Daughter", "She inherits a tower, a boat and a secret.", false},
			{"Eleven Minutes Late", "A station, a missed train and a suitcase that is not his.", false},
			{"Paper Tigers", "Three forgers plan their first honest job.", false},
			{"A Winter in Port Adler", "A doctor takes over a practice that nobody wanted.", false},
			{"The Last Projectionist", "The cinema closes on Friday. She has one more film to show.", false},
		},
		"series": {
			{"Harbour Police", "Inspector Lund and her crew keep the docks quiet, mostly.", true},
			{"The Annexe", "Six people share a flat that was built for two.", true},
			{"Signal Lost", "The crew wakes up; the ship says it is forty years too early.", true},
			{"Second Wind", "A brass band, a new conductor, an old quarrel.", true},
		},
		"kids": {
			{"Pip and the Paper Boat", "Pip sails down the gutter and meets a snail.", true},
			{"Owl School", "Today: why is the moon sometimes half?", true},
			{"Build It!", "Two boxes, some tape and an idea.", true},
			{"Goodnight, Comet", "A quiet story for the end of the day.", true},
		},
		"documentary": {
			{"The Long Migration", "Follows a flock over four seas.", true},
			{"Bridges", "How a river was crossed, and what it cost.", true},
			{"Below Zero", "Those who work where it never thaws.", true},
			{"The Clockmakers", "A valley that lived on seconds.", false},
		},
		"music": {
			{"Live at the Barn", "A concert for two hundred, recorded in one go.", false},
			{"B-Sides", "What nobody asked for, and should have.", true},
			{"Night Shift", "Slow music until the morning.", false},
		},
		"lifestyle": {
			{"From the Bed to the Plate", "What grows now, and what to do with it.", true},
			{"Four Walls", "A family, a ruin and eighteen months.", true},
			{"One Bag", "Seven days somewhere else with eight kilos.", true},
		},
		"regional": {
			{"Around Here", "News from where you live.", false},
			{"The Council, Live", "Item by item.", false},
			{"Local Heroes", "People who did something about it.", true},
		},
	}[kind]
}
