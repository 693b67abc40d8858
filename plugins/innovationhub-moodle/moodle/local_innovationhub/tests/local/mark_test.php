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
 * Tests of a hub's mark in the details of a session.
 *
 * @package    local_innovationhub
 * @copyright  2026 the innovationhub contributors
 * @license    http://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class mark_test extends \basic_testcase {
    /**
     * What can be a mark.
     *
     * @covers ::is_valid
     */
    public function test_what_can_be_a_mark(): void {
        $this->assertTrue(mark::is_valid('ih:session:cqi-taster@2026-12-01T10:00#attendee'));
        foreach (['', 'two words', "line\n", 'ümlaut', str_repeat('x', mark::LONGEST + 1)] as $not) {
            $this->assertFalse(mark::is_valid($not));
        }
    }

    /**
     * Details, a mark, and whether it is in them.
     *
     * @return array
     */
    public static function details_provider(): array {
        return [
            'as we write it' => ['<p class="ih-ref">ref ih:session:a</p>', 'ih:session:a', true],
            'a longer one' => ['<p>ref ih:session:ab</p>', 'ih:session:a', false],
            'a shorter one' => ['<p>ref ih:session:a</p>', 'ih:session:ab', false],
            'the end of another' => ['<p>ref xih:session:a</p>', 'ih:session:a', false],
            'another case' => ['<p>ref ih:session:A</p>', 'ih:session:a', false],
            'with signs of HTML' => ['<p>ref ih:session:a&lt;b&gt;&amp;</p>', 'ih:session:a<b>&', true],
            'among other words' => ['<div>Come&nbsp;early! <b>ref</b> ih:session:a<br>Room 2</div>', 'ih:session:a', true],
            'nothing' => ['', 'ih:session:a', false],
        ];
    }

    /**
     * A mark is found as a whole word, whatever is around it.
     *
     * @dataProvider details_provider
     * @covers ::is_in
     * @param string $details
     * @param string $mark
     * @param bool $expected
     */
    public function test_a_mark_is_a_whole_word(string $details, string $mark, bool $expected): void {
        $this->assertSame($expected, mark::is_in($details, $mark));
    }
}
