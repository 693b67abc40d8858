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

/**
 * Tests of the functions on a Moodle with mod_facetoface.
 *
 * @package    local_innovationhub
 * @copyright  2026 the innovationhub contributors
 * @license    http://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class functions_test extends \advanced_testcase {
    /** @var \stdClass the activity */
    private \stdClass $facetoface;

    /** @var \stdClass[] people on the course */
    private array $users = [];

    protected function setUp(): void {
        parent::setUp();
        $this->resetAfterTest();
        $this->setAdminUser();
        $generator = $this->getDataGenerator();
        $course = $generator->create_course();
        $this->facetoface = $generator->create_module('facetoface', ['course' => $course->id]);
        for ($i = 0; $i < 3; $i++) {
            $this->users[] = $generator->create_and_enrol($course);
        }
    }

    /**
     * A session an hour ahead.
     *
     * @param array $more parameters that are other than usual
     * @return array what is answered
     */
    private function session(array $more = []): array {
        $start = time() + HOURSECS;
        $usual = [
            'facetofaceid' => (int) $this->facetoface->id,
            'sessionid' => 0,
            'capacity' => 1,
            'allowoverbook' => false,
            'details' => '',
            'duration' => 90,
            'allowcancellations' => true,
            'dates' => [['timestart' => $start, 'timefinish' => $start + 90 * MINSECS]],
            'mark' => '',
            'closed' => false,
        ];
        $answer = upsert_session::execute(...array_values(array_merge($usual, $more)));
        return upsert_session::clean_returnvalue(upsert_session::execute_returns(), $answer);
    }

    /**
     * How everybody stands.
     *
     * @param int $sessionid
     * @return string[] words of mod_facetoface by user id
     */
    private function standing(int $sessionid): array {
        $answer = get_signups::clean_returnvalue(get_signups::execute_returns(), get_signups::execute($sessionid));
        return array_column($answer['signups'], 'status', 'userid');
    }

    /**
     * A session is made, found by its mark, changed, and listed.
     *
     * @covers \local_innovationhub\external\upsert_session
     * @covers \local_innovationhub\external\get_sessions
     */
    public function test_a_session_is_made_once(): void {
        $marked = ['mark' => 'ih:session:a', 'details' => '<p class="ih-ref">ref ih:session:a</p>'];
        $first = $this->session($marked);
        $again = $this->session($marked + ['capacity' => 5]);
        $this->assertSame($first['sessionid'], $again['sessionid']);
        $this->assertSame(5, $again['capacity']);
        $this->assertSame(90, $again['duration']);
        $this->assertStringContainsString('class="ih-ref"', $again['details']);
        $listed = get_sessions::execute((int) $this->facetoface->id)['sessions'];
        $this->assertSame([$first['sessionid']], array_column($listed, 'sessionid'));
    }

    /**
     * With a wait-list whoever is next is seated; the answer says who.
     *
     * @covers \local_innovationhub\external\signup
     * @covers \local_innovationhub\external\cancel_signup
     */
    public function test_with_a_waitlist_the_next_is_seated(): void {
        [$one, $two] = $this->users;
        $sessionid = $this->session(['allowoverbook' => true])['sessionid'];
        $this->assertSame('booked', signup::execute($sessionid, (int) $one->id, false)['status']);
        $this->assertSame('waitlisted', signup::execute($sessionid, (int) $two->id, false)['status']);
        $this->assertSame([(int) $two->id], cancel_signup::execute($sessionid, (int) $one->id, '', false)['promoted']);
        $this->assertSame('booked', $this->standing($sessionid)[$two->id]);
    }

    /**
     * Without one nobody is seated unasked.
     *
     * @covers \local_innovationhub\external\signup
     * @covers \local_innovationhub\external\cancel_signup
     * @covers \local_innovationhub\external\upsert_session
     */
    public function test_without_a_waitlist_nobody_is_seated_unasked(): void {
        [$one, $two] = $this->users;
        $sessionid = $this->session()['sessionid'];
        signup::execute($sessionid, (int) $one->id, false);
        signup::execute($sessionid, (int) $two->id, false, 'waitlisted');
        $this->assertSame([], cancel_signup::execute($sessionid, (int) $one->id, '', false)['promoted']);
        $this->session(['sessionid' => $sessionid, 'capacity' => 5]);
        $this->assertSame('waitlisted', $this->standing($sessionid)[$two->id]);
        $this->assertSame('booked', signup::execute($sessionid, (int) $two->id, false, 'booked')['status']);
    }

    /**
     * A full session refuses, by its code.
     *
     * @covers \local_innovationhub\external\signup
     */
    public function test_a_full_session_refuses(): void {
        [$one, $two] = $this->users;
        $sessionid = $this->session()['sessionid'];
        signup::execute($sessionid, (int) $one->id, false);
        try {
            signup::execute($sessionid, (int) $two->id, false);
            $this->fail('It is full.');
        } catch (\moodle_exception $error) {
            $this->assertSame('sessionfull', $error->errorcode);
        }
    }

    /**
     * A session that is called off has no seats and nobody on it, and nobody was seated meanwhile.
     *
     * @covers \local_innovationhub\external\call_off_session
     */
    public function test_calling_off_seats_nobody(): void {
        $sessionid = $this->session(['allowoverbook' => true])['sessionid'];
        foreach ($this->users as $user) {
            signup::execute($sessionid, (int) $user->id, false);
        }
        $sink = $this->redirectEmails();
        $this->assertSame(['cancelled' => 3, 'left' => 0], call_off_session::execute($sessionid, 'ill', false));
        $this->assertSame(0, $sink->count());
        $this->assertSame(['user_cancelled'], array_values(array_unique($this->standing($sessionid))));
        $this->assertSame(0, get_sessions::execute((int) $this->facetoface->id)['sessions'][0]['capacity']);
    }

    /**
     * Attendance is taken once a session has begun, with its grade.
     *
     * @covers \local_innovationhub\external\take_attendance
     */
    public function test_attendance_is_taken_after_the_start(): void {
        [$one, $two] = $this->users;
        $sessionid = $this->session()['sessionid'];
        signup::execute($sessionid, (int) $one->id, false);
        $all = array_map(fn($user) => ['userid' => (int) $user->id, 'status' => 'fully_attended'], [$one, $two]);
        $this->assertFalse(take_attendance::execute($sessionid, $all)['saved']);
        $begun = [['timestart' => time() - HOURSECS, 'timefinish' => time() + HOURSECS]];
        $this->session(['sessionid' => $sessionid, 'dates' => $begun]);
        $answer = take_attendance::execute($sessionid, $all);
        $this->assertTrue($answer['saved']);
        $this->assertSame([(int) $two->id], array_column($answer['warnings'], 'itemid'));
        $this->assertSame('fully_attended', $this->standing($sessionid)[$one->id]);
    }

    /**
     * Whoever has not been given our capability can do nothing.
     *
     * @covers \local_innovationhub\external\base
     */
    public function test_nobody_may_by_default(): void {
        $this->setUser($this->getDataGenerator()->create_and_enrol(
            get_course($this->facetoface->course),
            'editingteacher'
        ));
        $this->expectException(\required_capability_exception::class);
        get_sessions::execute((int) $this->facetoface->id);
    }
}
