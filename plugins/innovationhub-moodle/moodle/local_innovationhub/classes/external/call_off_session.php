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
 * Close a session, say so in its details, and cancel some dozens of its sign-ups: call it until none is left.
 *
 * @package    local_innovationhub
 * @copyright  2026 the innovationhub contributors
 * @license    http://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
class call_off_session extends base {
    /**
     * What it takes.
     *
     * @return external_function_parameters
     */
    public static function execute_parameters(): external_function_parameters {
        return new external_function_parameters([
            'sessionid' => new external_value(PARAM_INT, 'The session'),
            'reason' => new external_value(PARAM_RAW, 'Why, for the record of each sign-up', VALUE_DEFAULT, ''),
            'notify' => new external_value(PARAM_BOOL, 'Whether people are mailed', VALUE_DEFAULT, true),
        ]);
    }

    /**
     * Close a session, say so in its details, and cancel some dozens of its sign-ups: call it until none is left.
     *
     * @param int $sessionid the session
     * @param string $reason why
     * @param bool $notify whether people are mailed
     * @return array
     */
    public static function execute(int $sessionid, string $reason = '', bool $notify = true): array {
        $params = self::validate_parameters(self::execute_parameters(), [
            'sessionid' => $sessionid,
            'reason' => $reason,
            'notify' => $notify,
        ]);
        $sessionid = $params['sessionid'];
        $capabilities = ['mod/facetoface:editsessions', 'mod/facetoface:removeattendees'];
        $activity = self::activity_of_session($sessionid, $capabilities);
        return self::locked("session_$sessionid", fn() => self::call_off($sessionid, $params, $activity));
    }

    /** @var int Sign-ups that one call cancels at most, so that it answers in time. */
    const AT_ONCE = 50;

    /**
     * Close it first, so that nobody comes in behind, and then cancel: those who wait before those who are booked.
     *
     * @param int $sessionid
     * @param array $params
     * @param \stdClass $activity
     * @return array
     */
    private static function call_off(int $sessionid, array $params, \stdClass $activity): array {
        global $DB;
        $session = self::session($sessionid);
        $details = (string) $session->details;
        if (strpos($details, 'ih-calledoff') === false) {
            $said = get_string('calledoff', 'local_innovationhub');
            $details = '<p class="ih-calledoff">' . $said . "</p>\n" . $details;
        }
        $DB->update_record('facetoface_sessions', (object) [
            'id' => $sessionid,
            'capacity' => 0,
            'allowoverbook' => 0,
            'details' => $details,
            'timemodified' => time(),
        ]);
        $users = seats::users($sessionid, MDL_F2F_STATUS_REQUESTED, MDL_F2F_STATUS_BOOKED);
        $now = array_slice($users, 0, self::AT_ONCE);
        foreach ($now as $userid) {
            $why = '';
            // Forced, as where staff remove somebody: a session may be called off after its start.
            if (!facetoface_user_cancel(seats::without_promotion($session), $userid, true, $why, $params['reason'])) {
                throw new \moodle_exception('cancelfailed', 'local_innovationhub', '', null, $why);
            }
            if ($params['notify']) {
                facetoface_send_cancellation_notice($activity->facetoface, $session, $userid);
            }
        }
        $left = count($users) - count($now);
        if (!$left) {
            facetoface_update_calendar_entries(self::session($sessionid), $activity->facetoface);
        }
        return ['cancelled' => count($now), 'left' => $left];
    }

    /**
     * What it answers.
     *
     * @return external_single_structure
     */
    public static function execute_returns(): external_single_structure {
        return new external_single_structure([
            'cancelled' => new external_value(PARAM_INT, 'Sign-ups that were cancelled by this call'),
            'left' => new external_value(PARAM_INT, 'Sign-ups that are still to be cancelled'),
        ]);
    }
}
