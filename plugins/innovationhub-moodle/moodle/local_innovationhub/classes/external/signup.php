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
use core_external\external_single_structure;
use core_external\external_value;
use local_innovationhub\local\seats;

/**
 * Sign somebody up for a session, by default as mod_facetoface would: booked where a seat is free, else wait-listed.
 *
 * @package    local_innovationhub
 * @copyright  2026 the innovationhub contributors
 * @license    http://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
class signup extends base {
    /**
     * What it takes.
     *
     * @return external_function_parameters
     */
    public static function execute_parameters(): external_function_parameters {
        return new external_function_parameters([
            'sessionid' => new external_value(PARAM_INT, 'The session'),
            'userid' => new external_value(PARAM_INT, 'Who'),
            'notify' => new external_value(PARAM_BOOL, 'Whether they are mailed', VALUE_DEFAULT, true),
            'standing' => new external_value(
                PARAM_ALPHA,
                'booked: seat them, from the wait-list too; waitlisted: let them wait; empty: what fits',
                VALUE_DEFAULT,
                ''
            ),
        ]);
    }

    /**
     * Sign somebody up for a session, by default as mod_facetoface would: booked where a seat is free, else wait-listed.
     *
     * @param int $sessionid the session
     * @param int $userid who
     * @param bool $notify whether they are mailed
     * @param string $standing booked, waitlisted, or empty
     * @return array
     */
    public static function execute(int $sessionid, int $userid, bool $notify = true, string $standing = ''): array {
        global $DB;
        $params = self::validate_parameters(self::execute_parameters(), [
            'sessionid' => $sessionid,
            'userid' => $userid,
            'notify' => $notify,
            'standing' => $standing,
        ]);
        if (!in_array($params['standing'], ['', 'booked', 'waitlisted'], true)) {
            throw new \invalid_parameter_exception('standing: booked, waitlisted, or empty');
        }
        $sessionid = $params['sessionid'];
        $activity = self::activity_of_session($sessionid, ['mod/facetoface:addattendees']);
        $DB->get_record('user', ['id' => $params['userid'], 'deleted' => 0], 'id', MUST_EXIST);
        return self::locked("session_$sessionid", fn() => self::sign_up($sessionid, $params, $activity));
    }

    /**
     * Check, and then write.
     *
     * @param int $sessionid
     * @param array $params
     * @param \stdClass $activity
     * @return array
     */
    private static function sign_up(int $sessionid, array $params, \stdClass $activity): array {
        $session = self::session($sessionid);
        $userid = $params['userid'];
        $current = seats::of_user($sessionid, $userid);
        $free = $session->datetimeknown && facetoface_get_num_attendees($sessionid) < $session->capacity;
        $code = self::status_for($params['standing'], $session, $current, (bool) $free);
        facetoface_user_signup(
            $session,
            $activity->facetoface,
            $activity->course,
            '',
            MDL_F2F_BOTH,
            $code,
            $userid,
            $params['notify']
        );
        $now = seats::of_user($sessionid, $userid);
        return [
            'signupid' => (int) $now->signupid,
            'statuscode' => (int) $now->statuscode,
            'status' => facetoface_get_status((int) $now->statuscode),
        ];
    }

    /**
     * How they are to stand. Throws why they cannot stand so.
     *
     * @param string $standing
     * @param \stdClass $session
     * @param \stdClass|null $current
     * @param bool $free whether there is a seat
     * @return int a status code
     */
    private static function status_for(string $standing, \stdClass $session, ?\stdClass $current, bool $free): int {
        if ($current && $current->statuscode >= MDL_F2F_STATUS_REQUESTED) {
            $movesup = $standing === 'booked' && $current->statuscode == MDL_F2F_STATUS_WAITLISTED;
            // Whoever waits, and goes on waiting because it is full, is signed up already as well as can be.
            if (!$movesup || (!$free && $session->allowoverbook)) {
                throw new \moodle_exception('alreadysignedup', 'local_innovationhub');
            }
        }
        if (facetoface_has_session_started($session, time())) {
            throw new \moodle_exception('sessionstarted', 'local_innovationhub');
        }
        if ($session->capacity < 1) {
            throw new \moodle_exception('sessionclosed', 'local_innovationhub');
        }
        if ($standing === 'waitlisted') {
            return MDL_F2F_STATUS_WAITLISTED;
        }
        if (!$free && !$session->allowoverbook) {
            throw new \moodle_exception('sessionfull', 'local_innovationhub');
        }
        return $free ? MDL_F2F_STATUS_BOOKED : MDL_F2F_STATUS_WAITLISTED;
    }

    /**
     * What it answers.
     *
     * @return external_single_structure
     */
    public static function execute_returns(): external_single_structure {
        return new external_single_structure([
            'signupid' => new external_value(PARAM_INT, 'The sign-up'),
            'statuscode' => new external_value(PARAM_INT, 'How it stands, as a number of mod_facetoface'),
            'status' => new external_value(PARAM_ALPHAEXT, 'How it stands, as a word of mod_facetoface'),
        ]);
    }
}
