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

/**
 * What it says, in English.
 *
 * @package    local_innovationhub
 * @copyright  2026 the innovationhub contributors
 * @license    http://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */

defined('MOODLE_INTERNAL') || die();

$string['alreadysignedup'] = 'The user already has an active sign-up for this session';
$string['attended'] = 'Attendance has been recorded for this user';
$string['calledoff'] = 'Called off';
$string['cancelfailed'] = 'The sign-up could not be cancelled';
$string['cannotlock'] = 'The session is being changed by somebody else; try again';
$string['duplicatemark'] = 'Several sessions carry this mark';
$string['innovationhub:connect'] = 'Connect an Innovation Hub';
$string['notsignedup'] = 'The user has no active sign-up for this session';
$string['pluginname'] = 'Innovation Hub';
$string['privacy:metadata'] = 'The Innovation Hub plugin stores no personal data of its own. Sign-ups are kept by the Face-to-Face activity.';
$string['sessionclosed'] = 'The session is closed for sign-ups';
$string['sessionfull'] = 'The session is full and has no wait-list';
$string['sessionstarted'] = 'The session has already started';
$string['unknownsession'] = 'No such session';
