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
 * The functions, and a service that has them and those of Moodle that a hub calls.
 *
 * @package    local_innovationhub
 * @copyright  2026 the innovationhub contributors
 * @license    http://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */

defined('MOODLE_INTERNAL') || die();

$functions = [
    'local_innovationhub_upsert_session' => [
        'classname' => 'local_innovationhub\external\upsert_session',
        'description' => 'Make a session, or change it.',
        'type' => 'write',
        'capabilities' => 'local/innovationhub:connect, mod/facetoface:editsessions',
    ],
    'local_innovationhub_get_sessions' => [
        'classname' => 'local_innovationhub\external\get_sessions',
        'description' => 'The sessions of an activity.',
        'type' => 'read',
        'capabilities' => 'local/innovationhub:connect, mod/facetoface:view',
    ],
    'local_innovationhub_delete_session' => [
        'classname' => 'local_innovationhub\external\delete_session',
        'description' => 'Delete a session and its sign-ups.',
        'type' => 'write',
        'capabilities' => 'local/innovationhub:connect, mod/facetoface:editsessions',
    ],
    'local_innovationhub_call_off_session' => [
        'classname' => 'local_innovationhub\external\call_off_session',
        'description' => 'Close a session and cancel its sign-ups.',
        'type' => 'write',
        'capabilities' => 'local/innovationhub:connect, mod/facetoface:editsessions, mod/facetoface:removeattendees',
    ],
    'local_innovationhub_signup' => [
        'classname' => 'local_innovationhub\external\signup',
        'description' => 'Sign somebody up for a session.',
        'type' => 'write',
        'capabilities' => 'local/innovationhub:connect, mod/facetoface:addattendees',
    ],
    'local_innovationhub_cancel_signup' => [
        'classname' => 'local_innovationhub\external\cancel_signup',
        'description' => 'Cancel a sign-up.',
        'type' => 'write',
        'capabilities' => 'local/innovationhub:connect, mod/facetoface:removeattendees',
    ],
    'local_innovationhub_get_signups' => [
        'classname' => 'local_innovationhub\external\get_signups',
        'description' => 'The sign-ups of a session.',
        'type' => 'read',
        'capabilities' => 'local/innovationhub:connect, mod/facetoface:viewattendees',
    ],
    'local_innovationhub_take_attendance' => [
        'classname' => 'local_innovationhub\external\take_attendance',
        'description' => 'Record who attended.',
        'type' => 'write',
        'capabilities' => 'local/innovationhub:connect, mod/facetoface:takeattendance',
    ],
];

$services = [
    'Innovation Hub' => [
        'shortname' => 'innovationhub',
        'restrictedusers' => 1,
        'enabled' => 1,
        'functions' => [
            'core_webservice_get_site_info',
            'core_user_get_users',
            'core_user_get_users_by_field',
            'core_course_get_categories',
            'core_course_create_categories',
            'core_course_create_courses',
            'core_course_update_courses',
            'core_course_get_courses_by_field',
            'core_course_duplicate_course',
            'core_course_get_contents',
            'enrol_manual_enrol_users',
            'local_innovationhub_upsert_session',
            'local_innovationhub_get_sessions',
            'local_innovationhub_delete_session',
            'local_innovationhub_call_off_session',
            'local_innovationhub_signup',
            'local_innovationhub_cancel_signup',
            'local_innovationhub_get_signups',
            'local_innovationhub_take_attendance',
        ],
    ],
];
