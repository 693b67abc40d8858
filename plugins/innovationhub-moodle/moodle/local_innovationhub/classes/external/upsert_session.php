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
use local_innovationhub\local\mark;
use local_innovationhub\local\view;

/**
 * Make a session, or write all of it anew. Nobody is demoted; nobody is promoted where its wait-list is off.
 *
 * @package    local_innovationhub
 * @copyright  2026 the innovationhub contributors
 * @license    http://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
class upsert_session extends base {
    /**
     * What it takes.
     *
     * @return external_function_parameters
     */
    public static function execute_parameters(): external_function_parameters {
        return new external_function_parameters([
            'facetofaceid' => new external_value(PARAM_INT, 'The activity'),
            'sessionid' => new external_value(PARAM_INT, 'The session; 0 to make one', VALUE_DEFAULT, 0),
            'capacity' => new external_value(PARAM_INT, 'Seats, from 1 to 100000'),
            'allowoverbook' => new external_value(PARAM_BOOL, 'Whether it has a wait-list', VALUE_DEFAULT, false),
            'details' => new external_value(PARAM_RAW, 'What is said about it, HTML', VALUE_DEFAULT, ''),
            'duration' => new external_value(PARAM_INT, 'Minutes', VALUE_DEFAULT, 0),
            'allowcancellations' => new external_value(PARAM_BOOL, 'Whether people may cancel', VALUE_DEFAULT, true),
            'dates' => new external_multiple_structure(new external_single_structure([
                'timestart' => new external_value(PARAM_INT, 'Unix time'),
                'timefinish' => new external_value(PARAM_INT, 'Unix time'),
            ]), 'When it is; without any, it has no date', VALUE_DEFAULT, []),
            'mark' => new external_value(PARAM_RAW, 'With sessionid 0: change the session that carries it', VALUE_DEFAULT, ''),
            'closed' => new external_value(PARAM_BOOL, 'Without seats: nobody can sign up', VALUE_DEFAULT, false),
        ]);
    }

    /**
     * Make a session, or write all of it anew. Nobody is demoted; nobody is promoted where its wait-list is off.
     *
     * @param int $facetofaceid the activity
     * @param int $sessionid the session; 0 to make one
     * @param int $capacity seats
     * @param bool $allowoverbook whether it has a wait-list
     * @param string $details what is said about it, HTML
     * @param int $duration minutes
     * @param bool $allowcancellations whether people may cancel
     * @param array $dates when it is
     * @param string $mark by which it is found, where sessionid is 0
     * @param bool $closed whether nobody can sign up
     * @return array
     */
    public static function execute(
        int $facetofaceid,
        int $sessionid = 0,
        int $capacity = 1,
        bool $allowoverbook = false,
        string $details = '',
        int $duration = 0,
        bool $allowcancellations = true,
        array $dates = [],
        string $mark = '',
        bool $closed = false
    ): array {
        $params = self::validate_parameters(self::execute_parameters(), [
            'facetofaceid' => $facetofaceid,
            'sessionid' => $sessionid,
            'capacity' => $capacity,
            'allowoverbook' => $allowoverbook,
            'details' => $details,
            'duration' => $duration,
            'allowcancellations' => $allowcancellations,
            'dates' => $dates,
            'mark' => $mark,
            'closed' => $closed,
        ]);
        $params['details'] = clean_text($params['details'], FORMAT_HTML);
        self::check($params);
        $activity = self::activity($params['facetofaceid'], ['mod/facetoface:editsessions']);
        // One lock for finding a mark and making what carries it: two calls at the same moment make one session.
        return self::locked('facetoface_' . $params['facetofaceid'], function () use ($params, $activity) {
            $sessionid = $params['sessionid'] ?: self::marked($params['facetofaceid'], $params['mark']);
            if ($sessionid) {
                self::locked("session_$sessionid", fn() => self::change($sessionid, $params, $activity));
            } else {
                $sessionid = self::make($params, $activity);
            }
            return view::sessions($params['facetofaceid'], $sessionid)[0];
        });
    }

    /** @var int The most dates that a session has. */
    const MOST_DATES = 50;

    /** @var int The most seats that mod_facetoface gives a session. */
    const MOST_SEATS = 100000;

    /**
     * That what is given goes together.
     *
     * @param array $params
     */
    private static function check(array $params): void {
        if (count($params['dates']) > self::MOST_DATES) {
            throw new \invalid_parameter_exception('dates: at most ' . self::MOST_DATES);
        }
        foreach ($params['dates'] as $date) {
            if ($date['timestart'] <= 0 || $date['timefinish'] <= $date['timestart']) {
                throw new \invalid_parameter_exception('dates: each ends after it starts');
            }
        }
        if ($params['mark'] !== '' && !mark::is_valid($params['mark'])) {
            throw new \invalid_parameter_exception('mark: visible ASCII without spaces');
        }
        if ($params['mark'] !== '' && !mark::is_in($params['details'], $params['mark'])) {
            throw new \invalid_parameter_exception('mark: the details do not carry it, so it would not be found again');
        }
    }

    /**
     * The session of an activity that carries a mark, 0 when none does.
     *
     * @param int $facetofaceid
     * @param string $mark
     * @return int
     */
    private static function marked(int $facetofaceid, string $mark): int {
        global $DB;
        if ($mark === '') {
            return 0;
        }
        $all = $DB->get_records_menu('facetoface_sessions', ['facetoface' => $facetofaceid], 'id', 'id, details');
        $found = array_keys(array_filter($all, fn($details) => mark::is_in((string) $details, $mark)));
        if (count($found) > 1) {
            throw new \moodle_exception('duplicatemark', 'local_innovationhub', '', null, 'sessions ' . implode(', ', $found));
        }
        return (int) ($found[0] ?? 0);
    }

    /**
     * What of the parameters is a row of facetoface_sessions.
     *
     * @param array $params
     * @return \stdClass
     */
    private static function row(array $params): \stdClass {
        return (object) [
            'facetoface' => $params['facetofaceid'],
            'capacity' => min(max($params['capacity'], 1), self::MOST_SEATS),
            'allowoverbook' => (int) $params['allowoverbook'],
            'details' => $params['details'],
            'datetimeknown' => (int) !empty($params['dates']),
            'duration' => max($params['duration'], 0),
            'allowcancellations' => (int) $params['allowcancellations'],
            'timemodified' => time(),
        ];
    }

    /**
     * Make a session.
     *
     * @param array $params
     * @param \stdClass $activity
     * @return int its id
     */
    private static function make(array $params, \stdClass $activity): int {
        global $DB;
        $session = self::row($params);
        // This one of mod_facetoface's functions takes hours and minutes.
        $session->duration = sprintf('%d:%02d', intdiv($session->duration, 60), $session->duration % 60);
        $session->normalcost = 0;
        $session->discountcost = 0;
        $session->visible = 1;
        $dates = array_map(fn($date) => (object) $date, $params['dates']);
        $sessionid = (int) facetoface_add_session($session, $dates);
        if ($params['closed']) {
            // By its own function it makes 1 of 0.
            $DB->set_field('facetoface_sessions', 'capacity', 0, ['id' => $sessionid]);
        }
        $event = \mod_facetoface\event\add_session::create(['context' => $activity->context, 'objectid' => $sessionid]);
        $event->trigger();
        return $sessionid;
    }

    /**
     * Write a session anew.
     *
     * mod_facetoface's own function promotes whoever waits, whether or not the wait-list is on; so its rows are written
     * here, and it is asked to promote only where that is meant.
     *
     * @param int $sessionid
     * @param array $params
     * @param \stdClass $activity
     */
    private static function change(int $sessionid, array $params, \stdClass $activity): void {
        global $DB;
        if (!$DB->record_exists('facetoface_sessions', ['id' => $sessionid, 'facetoface' => $params['facetofaceid']])) {
            throw self::unknown_session($sessionid);
        }
        $row = self::row($params);
        $row->id = $sessionid;
        if ($params['closed']) {
            $row->capacity = 0;
        }
        $dates = $params['dates'] ?: [['timestart' => 0, 'timefinish' => 0]];
        $transaction = $DB->start_delegated_transaction();
        $DB->update_record('facetoface_sessions', $row);
        $DB->delete_records('facetoface_sessions_dates', ['sessionid' => $sessionid]);
        foreach ($dates as $date) {
            $DB->insert_record('facetoface_sessions_dates', (object) (['sessionid' => $sessionid] + $date));
        }
        $transaction->allow_commit();

        $session = self::session($sessionid);
        facetoface_update_calendar_entries($session, $activity->facetoface);
        if ($session->allowoverbook || !$session->datetimeknown) {
            facetoface_update_attendees($session);
        }
        $event = \mod_facetoface\event\update_session::create(['context' => $activity->context, 'objectid' => $sessionid]);
        $event->trigger();
    }

    /**
     * What it answers.
     *
     * @return external_single_structure
     */
    public static function execute_returns(): external_single_structure {
        return view::structure();
    }
}
