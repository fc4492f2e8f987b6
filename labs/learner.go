package labs

import "strings"

// Learner is who acts: whose labs, attempts and exams are looked up, and what they may do.
// Nothing is found without one.
type Learner struct {
	Name string   `json:"name"`
	Role UserRole `json:"role"`
}

// UserRole says what somebody may do beyond what is their own.
type UserRole string

// The roles of those who act. The zero value is a learner's.
const (
	RoleLearner  UserRole = "learner"  // practises, and sees what is their own
	RoleAuthor   UserRole = "author"   // writes scenarios, too
	RoleExaminer UserRole = "examiner" // sees how others do, too
	RoleAdmin    UserRole = "admin"    // looks after the machine, too
)

// SeesOthers reports whether somebody may look at what is not their own.
func (l Learner) SeesOthers() bool { return l.Role == RoleExaminer || l.Role == RoleAdmin }

// Maintains reports whether somebody may change what all share: images, snapshots, and labs
// that are past their time.
func (l Learner) Maintains() bool { return l.Role == RoleAdmin }

// Authors reports whether somebody may write scenarios, and see how they grade.
func (l Learner) Authors() bool { return l.Role == RoleAuthor || l.Role == RoleAdmin }

// Owns reports whether an owner is the learner, or an exam or a proof of theirs: these add
// a slash and a name.
func (l Learner) Owns(owner string) bool {
	return owner == l.Name || strings.HasPrefix(owner, l.Name+"/")
}
