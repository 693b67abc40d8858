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
 * Delete a session and its sign-ups. Whoever meant to come is told by mod_facetoface, and nobody is promoted meanwhile.
 *
 * @package    local_innovationhub
 * @copyright  2026 the innovationhub contributors
 * @license    http://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
class delete_session extends base {
    /**
     * What it takes.
     *
     * @return external_function_parameters
     */
    public static function execute_parameters(): external_function_parameters {
        return new external_function_parameters([
            'sessionid' => new external_value(PARAM_INT, 'The session'),
        ]);
    }

    /**
     * Delete a session and its sign-ups. Whoever meant to come is told by mod_facetoface, and nobody is promoted meanwhile.
     *
     * @param int $sessionid the session
     * @return array
     */
    public static function execute(int $sessionid): array {
        $params = self::validate_parameters(self::execute_parameters(), ['sessionid' => $sessionid]);
        $sessionid = $params['sessionid'];
        self::activity_of_session($sessionid, ['mod/facetoface:editsessions']);
        return self::locked("session_$sessionid", function () use ($sessionid) {
            return ['deleted' => (bool) facetoface_delete_session(seats::without_promotion(self::session($sessionid)))];
        });
    }

    /**
     * What it answers.
     *
     * @return external_single_structure
     */
    public static function execute_returns(): external_single_structure {
        return new external_single_structure(['deleted' => new external_value(PARAM_BOOL, 'Whether it is gone')]);
    }
}
