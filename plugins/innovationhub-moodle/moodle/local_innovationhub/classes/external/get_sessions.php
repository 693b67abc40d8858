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
use local_innovationhub\local\view;

/**
 * The sessions of an activity, those without a date first, then by their start.
 *
 * @package    local_innovationhub
 * @copyright  2026 the innovationhub contributors
 * @license    http://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
class get_sessions extends base {
    /**
     * What it takes.
     *
     * @return external_function_parameters
     */
    public static function execute_parameters(): external_function_parameters {
        return new external_function_parameters([
            'facetofaceid' => new external_value(PARAM_INT, 'The activity'),
        ]);
    }

    /**
     * The sessions of an activity, those without a date first, then by their start.
     *
     * @param int $facetofaceid the activity
     * @return array
     */
    public static function execute(int $facetofaceid): array {
        $params = self::validate_parameters(self::execute_parameters(), ['facetofaceid' => $facetofaceid]);
        self::activity($params['facetofaceid'], ['mod/facetoface:view']);
        return ['sessions' => view::sessions($params['facetofaceid'])];
    }

    /**
     * What it answers.
     *
     * @return external_single_structure
     */
    public static function execute_returns(): external_single_structure {
        return new external_single_structure(['sessions' => new external_multiple_structure(view::structure())]);
    }
}
