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
use core_external\external_warnings;
use local_innovationhub\local\seats;

/**
 * Record who attended, with the grade for it. Before the start nothing is saved.
 *
 * @package    local_innovationhub
 * @copyright  2026 the innovationhub contributors
 * @license    http://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
class take_attendance extends base {
    /**
     * What it takes.
     *
     * @return external_function_parameters
     */
    public static function execute_parameters(): external_function_parameters {
        return new external_function_parameters([
            'sessionid' => new external_value(PARAM_INT, 'The session'),
            'attendance' => new external_multiple_structure(new external_single_structure([
                'userid' => new external_value(PARAM_INT, 'Who'),
                'status' => new external_value(PARAM_ALPHAEXT, 'no_show, partially_attended or fully_attended'),
            ])),
        ]);
    }

    /**
     * Record who attended, with the grade for it. Before the start nothing is saved.
     *
     * @param int $sessionid the session
     * @param array $attendance who, and how
     * @return array
     */
    public static function execute(int $sessionid, array $attendance): array {
        $params = self::validate_parameters(self::execute_parameters(), ['sessionid' => $sessionid, 'attendance' => $attendance]);
        $sessionid = $params['sessionid'];
        // This loads mod_facetoface, and with it the codes.
        self::activity_of_session($sessionid, ['mod/facetoface:takeattendance']);
        $codes = [
            'no_show' => MDL_F2F_STATUS_NO_SHOW,
            'partially_attended' => MDL_F2F_STATUS_PARTIALLY_ATTENDED,
            'fully_attended' => MDL_F2F_STATUS_FULLY_ATTENDED,
        ];
        foreach ($params['attendance'] as $each) {
            if (!isset($codes[$each['status']])) {
                throw new \invalid_parameter_exception('status: ' . implode(', ', array_keys($codes)));
            }
        }
        return self::locked("session_$sessionid", fn() => self::take($sessionid, $params['attendance'], $codes));
    }

    /**
     * Check, and then write.
     *
     * @param int $sessionid
     * @param array[] $attendance
     * @param int[] $codes by their words
     * @return array
     */
    private static function take(int $sessionid, array $attendance, array $codes): array {
        $session = self::session($sessionid);
        if ($session->datetimeknown && !facetoface_has_session_started($session, time())) {
            return ['saved' => false, 'warnings' => []];
        }
        $data = (object) ['s' => $sessionid];
        $warnings = [];
        foreach ($attendance as $each) {
            $current = seats::of_user($sessionid, $each['userid']);
            if (!$current || $current->statuscode < MDL_F2F_STATUS_BOOKED) {
                $warnings[] = [
                    'item' => 'user',
                    'itemid' => $each['userid'],
                    'warningcode' => 'notbooked',
                    'message' => 'No booked sign-up',
                ];
                continue;
            }
            $data->{'submissionid_' . $current->signupid} = $codes[$each['status']];
        }
        return ['saved' => (bool) facetoface_take_attendance($data), 'warnings' => $warnings];
    }

    /**
     * What it answers.
     *
     * @return external_single_structure
     */
    public static function execute_returns(): external_single_structure {
        return new external_single_structure([
            'saved' => new external_value(PARAM_BOOL, 'Whether attendance is taken by now'),
            'warnings' => new external_warnings(),
        ]);
    }
}
