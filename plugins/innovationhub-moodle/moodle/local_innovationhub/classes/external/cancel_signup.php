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
use local_innovationhub\local\seats;

/**
 * Cancel a sign-up. Where the wait-list is on, mod_facetoface seats whoever is next.
 *
 * @package    local_innovationhub
 * @copyright  2026 the innovationhub contributors
 * @license    http://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
class cancel_signup extends base {
    /**
     * What it takes.
     *
     * @return external_function_parameters
     */
    public static function execute_parameters(): external_function_parameters {
        return new external_function_parameters([
            'sessionid' => new external_value(PARAM_INT, 'The session'),
            'userid' => new external_value(PARAM_INT, 'Whose'),
            'reason' => new external_value(PARAM_RAW, 'Why, for the record', VALUE_DEFAULT, ''),
            'notify' => new external_value(PARAM_BOOL, 'Whether they are mailed', VALUE_DEFAULT, true),
        ]);
    }

    /**
     * Cancel a sign-up. Where the wait-list is on, mod_facetoface seats whoever is next.
     *
     * @param int $sessionid the session
     * @param int $userid whose
     * @param string $reason why
     * @param bool $notify whether they are mailed
     * @return array
     */
    public static function execute(int $sessionid, int $userid, string $reason = '', bool $notify = true): array {
        $params = self::validate_parameters(self::execute_parameters(), [
            'sessionid' => $sessionid,
            'userid' => $userid,
            'reason' => $reason,
            'notify' => $notify,
        ]);
        $sessionid = $params['sessionid'];
        $activity = self::activity_of_session($sessionid, ['mod/facetoface:removeattendees']);
        return self::locked("session_$sessionid", fn() => self::cancel($sessionid, $params, $activity));
    }

    /**
     * Check, and then write.
     *
     * @param int $sessionid
     * @param array $params
     * @param \stdClass $activity
     * @return array
     */
    private static function cancel(int $sessionid, array $params, \stdClass $activity): array {
        $session = self::session($sessionid);
        $userid = $params['userid'];
        $current = seats::of_user($sessionid, $userid);
        if (!$current || $current->statuscode < MDL_F2F_STATUS_REQUESTED) {
            throw new \moodle_exception('notsignedup', 'local_innovationhub');
        }
        if ($current->statuscode > MDL_F2F_STATUS_BOOKED) {
            throw new \moodle_exception('attended', 'local_innovationhub');
        }
        $waiting = seats::users($sessionid, MDL_F2F_STATUS_WAITLISTED, MDL_F2F_STATUS_WAITLISTED);
        $handed = $session->allowoverbook ? $session : seats::without_promotion($session);
        $why = '';
        if (!facetoface_user_cancel($handed, $userid, false, $why, $params['reason'])) {
            $started = facetoface_has_session_started($session, time());
            throw new \moodle_exception($started ? 'sessionstarted' : 'cancelfailed', 'local_innovationhub', '', null, $why);
        }
        if ($params['notify']) {
            facetoface_send_cancellation_notice($activity->facetoface, $session, $userid);
        }
        $seated = seats::users($sessionid, MDL_F2F_STATUS_BOOKED, MDL_F2F_STATUS_BOOKED);
        return ['cancelled' => true, 'promoted' => array_values(array_intersect($waiting, $seated))];
    }

    /**
     * What it answers.
     *
     * @return external_single_structure
     */
    public static function execute_returns(): external_single_structure {
        return new external_single_structure([
            'cancelled' => new external_value(PARAM_BOOL, 'That it is'),
            'promoted' => new external_multiple_structure(new external_value(PARAM_INT, 'Who has a seat by it')),
        ]);
    }
}
