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

namespace local_innovationhub\external;

use core_external\external_function_parameters;
use core_external\external_multiple_structure;
use core_external\external_single_structure;
use core_external\external_value;

/**
 * The sign-ups of a session that came to stand as they do since then, in that order; those that ended too.
 *
 * @package    local_innovationhub
 * @copyright  2026 the innovationhub contributors
 * @license    http://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
class get_signups extends base {
    /**
     * What it takes.
     *
     * @return external_function_parameters
     */
    public static function execute_parameters(): external_function_parameters {
        return new external_function_parameters([
            'sessionid' => new external_value(PARAM_INT, 'The session'),
            'since' => new external_value(PARAM_INT, 'Unix time, that second included', VALUE_DEFAULT, 0),
        ]);
    }

    /**
     * The sign-ups of a session that came to stand as they do since then, in that order; those that ended too.
     *
     * @param int $sessionid the session
     * @param int $since Unix time
     * @return array
     */
    public static function execute(int $sessionid, int $since = 0): array {
        global $DB;
        $params = self::validate_parameters(self::execute_parameters(), ['sessionid' => $sessionid, 'since' => $since]);
        $sessionid = $params['sessionid'];
        self::activity_of_session($sessionid, ['mod/facetoface:viewattendees']);
        $sql = "SELECT su.id AS signupid, su.userid, u.email, u.idnumber, ss.statuscode, ss.timecreated, ss.note, ss.grade
                  FROM {facetoface_signups} su
                  JOIN {facetoface_signups_status} ss ON ss.signupid = su.id AND ss.superceded = 0
                  JOIN {user} u ON u.id = su.userid
                 WHERE su.sessionid = ? AND ss.timecreated >= ?
              ORDER BY ss.timecreated, su.id";
        $rows = $DB->get_records_sql($sql, [$sessionid, $params['since']]);
        return [
            'signups' => array_values(array_map([self::class, 'signup'], $rows)),
            'capacity' => (int) $DB->get_field('facetoface_sessions', 'capacity', ['id' => $sessionid], MUST_EXIST),
            'booked' => facetoface_get_num_attendees($sessionid),
        ];
    }

    /**
     * One sign-up.
     *
     * @param \stdClass $row
     * @return array
     */
    private static function signup(\stdClass $row): array {
        return [
            'signupid' => (int) $row->signupid,
            'userid' => (int) $row->userid,
            'email' => (string) $row->email,
            'idnumber' => (string) $row->idnumber,
            'statuscode' => (int) $row->statuscode,
            'status' => facetoface_get_status((int) $row->statuscode),
            'timecreated' => (int) $row->timecreated,
            'note' => (string) $row->note,
            'grade' => $row->grade === null ? null : (float) $row->grade,
        ];
    }

    /**
     * What it answers.
     *
     * @return external_single_structure
     */
    public static function execute_returns(): external_single_structure {
        return new external_single_structure([
            'signups' => new external_multiple_structure(new external_single_structure([
                'signupid' => new external_value(PARAM_INT, 'The sign-up'),
                'userid' => new external_value(PARAM_INT, 'Whose'),
                'email' => new external_value(PARAM_RAW, 'Their e-mail'),
                'idnumber' => new external_value(PARAM_RAW, 'Their staff number'),
                'statuscode' => new external_value(PARAM_INT, 'How it stands, as a number of mod_facetoface'),
                'status' => new external_value(PARAM_ALPHAEXT, 'How it stands, as a word of mod_facetoface'),
                'timecreated' => new external_value(PARAM_INT, 'When it came to stand so, Unix time'),
                'note' => new external_value(PARAM_RAW, 'What was noted'),
                'grade' => new external_value(PARAM_FLOAT, 'For attendance', VALUE_REQUIRED, null, NULL_ALLOWED),
            ])),
            'capacity' => new external_value(PARAM_INT, 'Seats'),
            'booked' => new external_value(PARAM_INT, 'Seats taken'),
        ]);
    }
}
