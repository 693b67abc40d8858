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

use core_external\external_api;

/**
 * What the functions share: who may call them, what they are about, and one change at a time.
 *
 * @package    local_innovationhub
 * @copyright  2026 the innovationhub contributors
 * @license    http://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
abstract class base extends external_api {
    /** @var int How long another change is waited for, in seconds: less than a hub waits for an answer. */
    const LOCK_WAIT = 5;

    /**
     * An activity, for whoever may do this in it.
     *
     * @param int $facetofaceid
     * @param string[] $capabilities of mod_facetoface
     * @return \stdClass facetoface, course, context
     */
    protected static function activity(int $facetofaceid, array $capabilities): \stdClass {
        global $CFG, $DB;
        require_once($CFG->dirroot . '/mod/facetoface/lib.php');
        $facetoface = $DB->get_record('facetoface', ['id' => $facetofaceid], '*', MUST_EXIST);
        $cm = get_coursemodule_from_instance('facetoface', $facetofaceid, $facetoface->course, false, MUST_EXIST);
        $context = \context_module::instance($cm->id);
        self::validate_context($context);
        require_capability('local/innovationhub:connect', $context);
        foreach ($capabilities as $capability) {
            require_capability($capability, $context);
        }
        $course = $DB->get_record('course', ['id' => $facetoface->course], '*', MUST_EXIST);
        return (object) ['facetoface' => $facetoface, 'course' => $course, 'context' => $context];
    }

    /**
     * The activity of a session, for whoever may do this in it.
     *
     * @param int $sessionid
     * @param string[] $capabilities of mod_facetoface
     * @return \stdClass facetoface, course, context
     */
    protected static function activity_of_session(int $sessionid, array $capabilities): \stdClass {
        global $DB;
        $facetofaceid = $DB->get_field('facetoface_sessions', 'facetoface', ['id' => $sessionid]);
        if (!$facetofaceid) {
            throw self::unknown_session($sessionid);
        }
        return self::activity((int) $facetofaceid, $capabilities);
    }

    /**
     * A session as mod_facetoface's own functions take it. Read it within the lock.
     *
     * @param int $sessionid
     * @return \stdClass
     */
    protected static function session(int $sessionid): \stdClass {
        $session = facetoface_get_session($sessionid);
        if (!$session) {
            throw self::unknown_session($sessionid);
        }
        return $session;
    }

    /**
     * Do something while nobody else does the like through these functions.
     *
     * People who book in Moodle itself take no such lock: mod_facetoface has none.
     *
     * @param string $what such as session_4
     * @param callable $work
     * @return mixed what the work returns
     */
    protected static function locked(string $what, callable $work) {
        $lock = \core\lock\lock_config::get_lock_factory('local_innovationhub')->get_lock($what, self::LOCK_WAIT);
        if (!$lock) {
            throw new \moodle_exception('cannotlock', 'local_innovationhub');
        }
        try {
            return $work();
        } finally {
            $lock->release();
        }
    }

    /**
     * That there is no such session (any more).
     *
     * @param int $sessionid
     * @return \moodle_exception
     */
    protected static function unknown_session(int $sessionid): \moodle_exception {
        return new \moodle_exception('unknownsession', 'local_innovationhub', '', null, "sessionid=$sessionid");
    }
}
