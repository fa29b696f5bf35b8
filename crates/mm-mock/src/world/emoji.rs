//! Names of emoji that every server knows.

/// The usual ones. Skin tones are added to the name of a hand or person.
const NAMES: &str = "\
    +1 -1 100 1234 8ball a ab accept airplane alarm_clock alien ambulance anchor angel anger angry anguished ant \
    apple arrow_down arrow_left arrow_right arrow_up arrows_clockwise art articulated_lorry astonished atom_symbol \
    avocado b baby baby_bottle baby_chick back bacon balloon ballot_box_with_check bamboo banana bangbang bank \
    bar_chart barber baseball basketball bat bath bathtub battery beach_umbrella bear bee beer beers beetle \
    beginner bell bike bird birthday black_circle black_heart black_large_square black_square blossom blowfish \
    blue_book blue_car blue_heart blush boar boat bomb book bookmark bookmark_tabs books boom boot bouquet bow \
    bowling boy brain bread bride_with_veil briefcase broken_heart bug bulb bullettrain_front burrito bus \
    bust_in_silhouette busts_in_silhouette butterfly cactus cake calendar call_me_hand calling camel camera candle \
    candy car card_index cat cat2 cd chart chart_with_downwards_trend chart_with_upwards_trend checkered_flag \
    cheese cherries cherry_blossom chestnut chicken children_crossing chipmunk chocolate_bar christmas_tree church \
    cinema city_sunset clap clapper clinking_glasses clipboard clock1 clock10 clock11 clock12 clock2 clock3 clock4 \
    clock5 clock6 clock7 clock8 clock9 closed_book closed_lock_with_key cloud clown_face clubs cocktail coffee \
    cold_face cold_sweat collision computer confetti_ball confounded confused construction construction_worker \
    cookie cool cop copyright corn couple cow cow2 cowboy_hat_face crab credit_card crescent_moon cricket crocodile \
    crossed_fingers crossed_swords crown cry crying_cat_face crystal_ball cupid curly_loop currency_exchange curry \
    customs cyclone dagger dancer dancers dango dart dash date deciduous_tree deer department_store desktop_computer \
    diamonds disappointed disappointed_relieved dizzy dizzy_face do_not_litter dog dog2 dollar dolls dolphin door \
    doughnut dove dragon dragon_face dress dromedary_camel drooling_face droplet drum duck eagle ear ear_of_rice \
    earth_africa earth_americas earth_asia egg eggplant eight eight_spoked_asterisk electric_plug elephant email \
    end envelope envelope_with_arrow euro evergreen_tree exclamation exploding_head expressionless eye eyeglasses \
    eyes face_palm facepalm facepunch factory fallen_leaf family fast_forward fax fearful feet ferris_wheel \
    field_hockey file_cabinet file_folder film_strip fingers_crossed fire fire_engine fireworks first_quarter_moon \
    fish fish_cake fishing_pole_and_fish fist five flags flashlight fleur_de_lis floppy_disk flower_playing_cards \
    flushed fog foggy football footprints fork_and_knife fountain four four_leaf_clover fox_face frog frowning \
    fuelpump full_moon game_die gear gem ghost gift gift_heart giraffe girl globe_with_meridians goat golf gorilla \
    grapes green_apple green_book green_circle green_heart grey_exclamation grey_question grimacing grin grinning \
    guardsman guitar gun haircut hamburger hammer hammer_and_wrench hamster hand handbag handshake hankey hash \
    hatched_chick hatching_chick headphones hear_no_evil heart heart_decoration heart_eyes heart_eyes_cat heartbeat \
    heartpulse hearts heavy_check_mark heavy_division_sign heavy_dollar_sign heavy_exclamation_mark \
    heavy_minus_sign heavy_multiplication_x heavy_plus_sign helicopter herb hibiscus high_brightness high_heel \
    hole honey_pot honeybee horse horse_racing hospital hot_face hot_pepper hotdog hotel hotsprings hourglass \
    hourglass_flowing_sand house house_with_garden hugs hugging_face hushed ice_cream icecream ice_hockey_stick_and_puck ideograph_advantage \
    imp inbox_tray incoming_envelope infinity information_desk_person information_source innocent interrobang iphone \
    izakaya_lantern jack_o_lantern japan japanese_castle japanese_goblin japanese_ogre jeans joy joy_cat joystick \
    kaaba key keyboard keycap_ten kimono kiss kissing kissing_cat kissing_closed_eyes kissing_heart \
    kissing_smiling_eyes kiwi_fruit knife koala label lantern large_blue_circle large_blue_diamond \
    large_orange_diamond last_quarter_moon laughing leaves ledger left_luggage lemon leopard level_slider libra \
    light_rail link lion lips lipstick lizard lock lock_with_ink_pen lollipop loop loud_sound loudspeaker love_hotel \
    love_letter low_brightness lying_face m mag mag_right mahjong mailbox man man_dancing man_shrugging mans_shoe \
    maple_leaf mask massage mask meat_on_bone medal_military mega melon memo menorah mens metro microphone microscope \
    middle_finger milk_glass milky_way minibus minidisc mobile_phone_off money_mouth_face money_with_wings moneybag \
    monkey monkey_face monorail moon mortar_board mosque motor_scooter motorcycle mount_fuji mountain mountain_bicyclist \
    mouse mouse2 movie_camera moyai muscle mushroom musical_keyboard musical_note musical_score mute nail_care \
    name_badge nauseated_face necktie negative_squared_cross_mark nerd_face neutral_face new new_moon newspaper \
    night_with_stars nine no_bell no_bicycles no_entry no_entry_sign no_good no_mobile_phones no_mouth \
    no_pedestrians no_smoking non-potable_water nose notebook notebook_with_decorative_cover notes nut_and_bolt o \
    o2 ocean octocat octopus oden office ok ok_hand ok_woman old_key older_man older_woman om on one open_book \
    open_file_folder open_hands open_mouth ophiuchus orange orange_book orange_heart outbox_tray owl ox package \
    page_facing_up page_with_curl pager palm_tree palms_up_together pancakes panda_face paperclip parking \
    part_alternation_mark partly_sunny partying_face passport_control peace_symbol peach peacock peanuts pear pen \
    pencil pencil2 penguin pensive performing_arts persevere person_frowning person_with_pouting_face phone pick pig \
    pig2 pig_nose pill pineapple ping_pong pizza pleading_face point_down point_left point_right point_up point_up_2 \
    police_car poodle poop popcorn post_office postal_horn postbox potable_water potato pouch poultry_leg pound \
    pouting_cat pray prayer_beads pretzel prince princess punch purple_heart purse pushpin question rabbit rabbit2 \
    raccoon racehorse radio radio_button radioactive rage railway_car rainbow raised_eyebrow raised_hand \
    raised_hand_with_fingers_splayed raised_hands raising_hand ram ramen rat recycle red_car red_circle registered \
    relaxed relieved reminder_ribbon repeat restroom revolving_hearts rewind rhinoceros ribbon rice rice_ball \
    rice_cracker ring robot rocket rofl roll_eyes rolling_on_the_floor_laughing roller_coaster rooster rose rotating_light \
    round_pushpin rowboat rugby_football runner running sailboat sake saluting_face salad sandal santa satellite \
    satisfied saxophone scales school school_satchel scissors scorpion scream scream_cat scroll seat secret see_no_evil \
    seedling selfie seven shark shaved_ice sheep shell shield ship shirt shit shoe shopping_cart shower shrimp shrug \
    signal_strength six ski skull skull_and_crossbones sleeping sleepy slightly_frowning_face slightly_smiling_face \
    sloth slot_machine small_blue_diamond small_orange_diamond small_red_triangle smile smile_cat smiley smiley_cat \
    smiling_imp smirk smirk_cat smoking snail snake sneezing_face snowboarder snowflake snowman sob soccer soon sos \
    sound space_invader spades spaghetti sparkle sparkler sparkles sparkling_heart speak_no_evil speaker \
    speaking_head speech_balloon speedboat spider spider_web spoon squid stadium star star2 star_of_david stars \
    station statue_of_liberty steam_locomotive stew stop_button stopwatch strawberry stuck_out_tongue \
    stuck_out_tongue_closed_eyes stuck_out_tongue_winking_eye sun_with_face sunflower sunglasses sunny sunrise \
    sunset surfer sushi sweat sweat_drops sweat_smile sweet_potato swimmer symbols syringe taco tada tanabata_tree \
    tangerine taxi tea telephone telephone_receiver telescope tennis tent thinking thinking_face thought_balloon three thumbsdown \
    thumbsup ticket tiger tiger2 timer_clock tired_face tm toilet tokyo_tower tomato tongue toolbox tooth top tophat \
    tractor traffic_light train train2 tram triangular_flag_on_post triangular_ruler trident triumph trolleybus \
    trophy tropical_drink tropical_fish truck trumpet tulip tumbler_glass turkey turtle tv twisted_rightwards_arrows \
    two two_hearts u7a7a umbrella unamused underage unicorn unlock up upside_down_face v vertical_traffic_light vhs \
    vibration_mode video_camera video_game violin volcano volleyball vs vulcan_salute walking waning_crescent_moon \
    warning wastebasket watch water_buffalo watermelon wave wavy_dash waxing_crescent_moon wc weary wedding whale \
    whale2 wheel_of_dharma wheelchair white_check_mark white_circle white_flag white_flower white_heart \
    white_large_square wilted_flower wind_chime wine_glass wink wolf woman woman_shrugging womans_clothes womans_hat \
    womens worried wrench writing_hand x yawning_face yellow_heart yen yum zany_face zap zero zipper_mouth_face zombie zzz";

const TONES: [&str; 5] = [
    "_light_skin_tone",
    "_medium_light_skin_tone",
    "_medium_skin_tone",
    "_medium_dark_skin_tone",
    "_dark_skin_tone",
];

/// Whether a server knows an emoji of this name without anybody having added one.
pub(crate) fn is_emoji(name: &str) -> bool {
    // The longer endings first: one ends like another.
    let mut tones = TONES.iter().rev().filter_map(|tone| name.strip_suffix(tone));
    let known = |name: &str| NAMES.split_ascii_whitespace().any(|known| known == name);
    known(name) || tones.any(known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usual_emoji_are_known_with_and_without_skin_tones() {
        for name in ["smile", "+1", "thumbsup", "tada", "wave_medium_dark_skin_tone", "clap_dark_skin_tone"] {
            assert!(is_emoji(name), "{name}");
        }
        for name in ["nosuchemoji_x", "bad name!", "", "🎉", "tada_tone"] {
            assert!(!is_emoji(name), "{name}");
        }
    }
}
