<?php
// This file is part of Moodle - http://moodle.org/
//
// Moodle is free software: you can redistribute it and/or modify
// it under the terms of the GNU General Public License as published by
// the Free Software Foundation, either version 3 of the License, or
// (at your option) any later version.
//
// Moodle is distributed in the hope that it will be useful,
// but WITHOUT ANY WARRANTY; without even the implied warranty of
// MERCHANTABILITY or FITNESS FOR A PARTICULAR PURPOSE.  See the
// GNU General Public License for more details.
//
// You should have received a copy of the GNU General Public License
// along with Moodle.  If not, see <http://www.gnu.org/licenses/>.

namespace local_innovationhub\local;

/**
 * The sign-ups of a session as they stand now. Called within a lock by whoever then changes them.
 *
 * @package    local_innovationhub
 * @copyright  2026 the innovationhub contributors
 * @license    http://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
class seats {
    /**
     * How somebody's sign-up stands.
     *
     * @param int $sessionid
     * @param int $userid
     * @return \stdClass|null signupid and statuscode; null where they never signed up
     */
    public static function of_user(int $sessionid, int $userid): ?\stdClass {
        global $DB;
        $sql = "SELECT su.id AS signupid, ss.statuscode
                  FROM {facetoface_signups} su
                  JOIN {facetoface_signups_status} ss ON ss.signupid = su.id AND ss.superceded = 0
                 WHERE su.sessionid = ? AND su.userid = ?";
        return $DB->get_record_sql($sql, [$sessionid, $userid]) ?: null;
    }

    /**
     * Who is on the list at such a standing, whoever waits before whoever is booked.
     *
     * @param int $sessionid
     * @param int $from the lowest status code
     * @param int $to the highest one
     * @return int[] user ids
     */
    public static function users(int $sessionid, int $from, int $to): array {
        global $DB;
        $sql = "SELECT su.userid
                  FROM {facetoface_signups} su
                  JOIN {facetoface_signups_status} ss ON ss.signupid = su.id AND ss.superceded = 0
                 WHERE su.sessionid = ? AND ss.statuscode >= ? AND ss.statuscode <= ?
              ORDER BY ss.statuscode, su.id";
        return array_map('intval', $DB->get_fieldset_sql($sql, [$sessionid, $from, $to]));
    }

    /**
     * A session of which mod_facetoface promotes nobody: it goes by the capacity of what it is handed, and after each
     * cancellation seats those who wait, whether or not the session's wait-list is on.
     *
     * @param \stdClass $session
     * @return \stdClass a copy, not to be written
     */
    public static function without_promotion(\stdClass $session): \stdClass {
        $copy = clone $session;
        $copy->capacity = 0;
        return $copy;
    }
}
