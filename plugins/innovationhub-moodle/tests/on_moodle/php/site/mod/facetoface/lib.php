<?php
/**
 * A stand-in for mod_facetoface's functions, as far as local_innovationhub calls them. It is not mod_facetoface.
 *
 * What each does is what was observed of the real one on a running Moodle: promotion in the order of booking by the
 * second, whether or not the wait-list is on; nobody demoted; everybody wait-listed when the date is taken away; a capacity
 * of 0 made 1; a duration in hours and minutes outside and in minutes in the table.
 */

define('MDL_F2F_BOTH', 3);
define('MDL_F2F_STATUS_USER_CANCELLED', 10);
define('MDL_F2F_STATUS_REQUESTED', 40);
define('MDL_F2F_STATUS_APPROVED', 50);
define('MDL_F2F_STATUS_WAITLISTED', 60);
define('MDL_F2F_STATUS_BOOKED', 70);
define('MDL_F2F_STATUS_NO_SHOW', 80);
define('MDL_F2F_STATUS_PARTIALLY_ATTENDED', 90);
define('MDL_F2F_STATUS_FULLY_ATTENDED', 100);

const CURRENT_SIGNUPS = 'FROM {facetoface_signups} su
    JOIN {facetoface_signups_status} ss ON ss.signupid = su.id AND ss.superceded = 0 WHERE su.sessionid = ?';

function facetoface_get_status($code) {
    return [
        10 => 'user_cancelled', 30 => 'declined', 40 => 'requested', 50 => 'approved', 60 => 'waitlisted', 70 => 'booked',
        80 => 'no_show', 90 => 'partially_attended', 100 => 'fully_attended',
    ][$code];
}

function facetoface_get_session($id) {
    global $DB;
    $session = $DB->get_record('facetoface_sessions', ['id' => $id]);
    if ($session) {
        $sql = 'SELECT * FROM {facetoface_sessions_dates} WHERE sessionid = ? ORDER BY timestart';
        $session->sessiondates = array_values($DB->get_records_sql($sql, [$id]));
        $session->duration = intdiv($session->duration, 60) . ':' . $session->duration % 60;
    }
    return $session;
}

function facetoface_add_session($session, $dates) {
    global $DB;
    [$hours, $minutes] = explode(':', $session->duration);
    $session->duration = $hours * 60 + $minutes;
    $session->capacity = min(max($session->capacity, 1), 100000);
    $session->timecreated = now();
    $id = $DB->insert_record('facetoface_sessions', $session);
    foreach ($dates ?: [(object) ['timestart' => 0, 'timefinish' => 0]] as $date) {
        $date->sessionid = $id;
        $DB->insert_record('facetoface_sessions_dates', $date);
    }
    return $id;
}

function facetoface_delete_session($session) {
    global $DB;
    $sql = 'SELECT su.userid ' . CURRENT_SIGNUPS . ' AND ss.statuscode >= 40';
    foreach ($DB->get_fieldset_sql($sql, [$session->id]) as $userid) {
        facetoface_user_cancel($session, $userid, true);
        facetoface_send_cancellation_notice(null, $session, $userid);
    }
    $DB->delete_records('facetoface_sessions', ['id' => $session->id]);
    $DB->delete_records('facetoface_sessions_dates', ['sessionid' => $session->id]);
    $DB->delete_records('facetoface_signups', ['sessionid' => $session->id]);
    return true;
}

function facetoface_update_calendar_entries($session, $facetoface) {
    return true;
}

function facetoface_has_session_started($session, $now) {
    foreach ($session->datetimeknown ? $session->sessiondates : [] as $date) {
        if ($date->timestart < $now) {
            return true;
        }
    }
    return false;
}

function facetoface_get_num_attendees($id) {
    global $DB;
    return (int) $DB->get_fieldset_sql('SELECT COUNT(*) ' . CURRENT_SIGNUPS . ' AND ss.statuscode >= 70', [$id])[0];
}

function facetoface_update_attendees($session) {
    global $DB;
    $sql = "SELECT su.userid, ss.statuscode,
                   (SELECT MAX(q.timecreated) FROM {facetoface_signups_status} q
                     WHERE q.signupid = su.id AND q.statuscode IN (60, 70)) AS queued
            " . CURRENT_SIGNUPS . ' AND ss.statuscode >= 50 ORDER BY queued, ss.timecreated, ss.id';
    $users = $DB->get_records_sql($sql, [$session->id]);
    $booked = count(array_filter($users, fn($user) => $user->statuscode == 70));
    foreach ($users as $user) {
        if (empty($session->datetimeknown) && $user->statuscode == 70) {
            facetoface_user_signup($session, null, null, '', 3, 60, $user->userid);
        } else if (!empty($session->datetimeknown) && $user->statuscode == 60 && $booked < $session->capacity) {
            facetoface_user_signup($session, null, null, '', 3, 70, $user->userid);
            $booked++;
        }
    }
}

function facetoface_user_signup($session, $facetoface, $course, $code, $type, $status, $userid = false, $notify = true) {
    global $DB;
    $signup = $DB->get_record('facetoface_signups', ['sessionid' => $session->id, 'userid' => $userid]);
    $row = (object) ['sessionid' => $session->id, 'userid' => $userid, 'notificationtype' => $type];
    stub_status($signup ? $signup->id : $DB->insert_record('facetoface_signups', $row), $status, $userid);
    if ($notify) {
        stub_mail($userid, facetoface_get_status($status));
    }
    return true;
}

function facetoface_user_cancel($session, $userid = false, $force = false, &$error = null, $reason = '') {
    global $DB;
    if (!$force && facetoface_has_session_started($session, now())) {
        $error = 'You cannot cancel an event that has already occurred.';
        return false;
    }
    $signup = $DB->get_record('facetoface_signups', ['sessionid' => $session->id, 'userid' => $userid]);
    stub_status($signup->id, 10, $userid, $reason);
    facetoface_update_attendees($session);
    return true;
}

function facetoface_send_cancellation_notice($facetoface, $session, $userid) {
    stub_mail($userid, 'cancelled');
    return '';
}

function facetoface_take_attendance($data) {
    $grades = [80 => 0, 90 => 50, 100 => 100];
    foreach ((array) $data as $name => $code) {
        if (str_starts_with($name, 'submissionid_')) {
            stub_status((int) substr($name, 13), $code, 3, '', $grades[$code]);
        }
    }
    return true;
}

function stub_status($signupid, $code, $by, $note = '', $grade = null) {
    global $DB;
    $DB->set_field('facetoface_signups_status', 'superceded', 1, ['signupid' => $signupid]);
    $DB->insert_record('facetoface_signups_status', (object) [
        'signupid' => $signupid, 'statuscode' => $code, 'superceded' => 0, 'grade' => $grade,
        'note' => $note, 'createdby' => $by, 'timecreated' => now(),
    ]);
}

function stub_mail($userid, $what) {
    global $DB;
    $DB->insert_record('mails', (object) ['userid' => $userid, 'what' => $what]);
}
