"""The tests of the Moodle plugin, on a stand-in that speaks as the recorded Moodle did."""
