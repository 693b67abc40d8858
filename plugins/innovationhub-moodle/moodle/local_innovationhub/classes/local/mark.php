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

/**
 * A hub's mark in the details of a session: mod_facetoface has no other place for another system's key.
 *
 * @package    local_innovationhub
 * @copyright  2026 the innovationhub contributors
 * @license    http://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
class mark {
    /** @var int The most characters a mark has. */
    const LONGEST = 200;

    /**
     * Whether this can be a mark: visible ASCII without spaces.
     *
     * @param string $mark
     * @return bool
     */
    public static function is_valid(string $mark): bool {
        return strlen($mark) <= self::LONGEST && preg_match('/^[!-~]+$/D', $mark) === 1;
    }

    /**
     * Whether details carry a mark, as a whole word of their text: "ih:session:a" is not in "ih:session:ab".
     *
     * @param string $details HTML
     * @param string $mark
     * @return bool
     */
    public static function is_in(string $details, string $mark): bool {
        $text = preg_replace('/<[^>]*>/', ' ', $details);
        $text = html_entity_decode($text, ENT_QUOTES | ENT_HTML5, 'UTF-8');
        return in_array($mark, preg_split('/\s+/u', $text) ?: [], true);
    }
}
