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

use core_external\external_multiple_structure;
use core_external\external_single_structure;
use core_external\external_value;

/**
 * Sessions as they are answered.
 *
 * @package    local_innovationhub
 * @copyright  2026 the innovationhub contributors
 * @license    http://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
class view {
    /**
     * What an answer about a session is made of.
     *
     * @return external_single_structure
     */
    public static function structure(): external_single_structure {
        return new external_single_structure([
            'sessionid' => new external_value(PARAM_INT, 'The session'),
            'facetofaceid' => new external_value(PARAM_INT, 'The activity it is in'),
            'capacity' => new external_value(PARAM_INT, 'Seats; 0 means closed for sign-ups'),
            'allowoverbook' => new external_value(PARAM_BOOL, 'Whether it has a wait-list'),
            'datetimeknown' => new external_value(PARAM_BOOL, 'Whether it has a date'),
            'duration' => new external_value(PARAM_INT, 'Minutes'),
            'allowcancellations' => new external_value(PARAM_BOOL, 'Whether people may cancel'),
            'details' => new external_value(PARAM_RAW, 'What is said about it, HTML'),
            'timemodified' => new external_value(PARAM_INT, 'When it was changed last, Unix time'),
            'booked' => new external_value(PARAM_INT, 'Seats taken'),
            'dates' => new external_multiple_structure(new external_single_structure([
                'timestart' => new external_value(PARAM_INT, 'Unix time; 0 where it has no date'),
                'timefinish' => new external_value(PARAM_INT, 'Unix time; 0 where it has no date'),
            ])),
        ]);
    }

    /**
     * Sessions of one activity: those without a date first, then by their start. Three queries, however many.
     *
     * @param int $facetofaceid
     * @param int $sessionid only this one, where it is not 0
     * @return array[] each as the structure says
     */
    public static function sessions(int $facetofaceid, int $sessionid = 0): array {
        global $DB;
        $which = $sessionid ? ' AND s.id = ?' : '';
        $params = $sessionid ? [$facetofaceid, $sessionid] : [$facetofaceid];
        $sessions = $DB->get_records_sql("SELECT s.* FROM {facetoface_sessions} s WHERE s.facetoface = ?$which", $params);
        $dates = $DB->get_records_sql(
            "SELECT d.id, d.sessionid, d.timestart, d.timefinish
               FROM {facetoface_sessions_dates} d
               JOIN {facetoface_sessions} s ON s.id = d.sessionid
              WHERE s.facetoface = ?$which
           ORDER BY d.timestart, d.id",
            $params
        );
        $booked = $DB->get_records_sql_menu(
            "SELECT su.sessionid, COUNT(ss.id)
               FROM {facetoface_signups} su
               JOIN {facetoface_signups_status} ss ON ss.signupid = su.id AND ss.superceded = 0
               JOIN {facetoface_sessions} s ON s.id = su.sessionid
              WHERE ss.statuscode >= ? AND s.facetoface = ?$which
           GROUP BY su.sessionid",
            array_merge([MDL_F2F_STATUS_BOOKED], $params)
        );
        $answers = [];
        foreach ($sessions as $session) {
            $own = array_filter($dates, fn($date) => $date->sessionid == $session->id);
            $answers[] = self::session($session, $own, (int) ($booked[$session->id] ?? 0));
        }
        usort($answers, fn($a, $b) => self::place($a) <=> self::place($b));
        return $answers;
    }

    /**
     * One session.
     *
     * @param \stdClass $session a row of facetoface_sessions, whose duration is in minutes
     * @param \stdClass[] $dates
     * @param int $booked
     * @return array
     */
    private static function session(\stdClass $session, array $dates, int $booked): array {
        return [
            'sessionid' => (int) $session->id,
            'facetofaceid' => (int) $session->facetoface,
            'capacity' => (int) $session->capacity,
            'allowoverbook' => (bool) $session->allowoverbook,
            'datetimeknown' => (bool) $session->datetimeknown,
            'duration' => (int) $session->duration,
            'allowcancellations' => (bool) $session->allowcancellations,
            'details' => (string) $session->details,
            'timemodified' => (int) $session->timemodified,
            'booked' => $booked,
            'dates' => array_values(array_map(fn($date) => [
                'timestart' => (int) $date->timestart,
                'timefinish' => (int) $date->timefinish,
            ], $dates)),
        ];
    }

    /**
     * Where a session stands among others.
     *
     * @param array $answer
     * @return array
     */
    private static function place(array $answer): array {
        return [$answer['datetimeknown'], $answer['dates'][0]['timestart'] ?? 0, $answer['sessionid']];
    }
}
