// Random games with answers of KataGo v1.17.2's own board, history and input code.
//
// A game ends with ';', its fields are separated by single spaces, and line breaks mean nothing:
//   width height, width height of the planes, rules, komi, five flags, wins that a draw is worth,
//   playout doubling advantage, limit of history, first to move, '=' and the stones set up,
//   '=' and the moves, six hashes.
// Flags: encore prevented, pass-alive as if suicide were legal, leading black moves are handicap,
// conservative pass, passing hacks. Stones and moves: colour and SGF point, "--" for a pass. Hashes: 64-bit
// FNV-1a over all positions of the game, from the first to the last. The first one covers which points are
// legal and how the game ended, the others features of version 3 to 7 (planes, then globals, as f32, -0
// written as 0).
#pragma once

namespace lathe::game {

inline constexpr char kKataGoGames[] = R"games(
2 2 2 5 koSPIGHTscoreTERRITORYtaxSEKIsui1whbN-1 18.5 00000 0.75 0 1000 W = =WaaBabWbbB--WabBbaW--B--WbbB
abW--B--W--B--W--BbbWaaBabWbaBbbWbaBaaWbaBbbWaaBabWaaBbaWaaBabWbbB--WbaBabWbaBaaWbbBabWaaBabWaaBbaBbbWaa
BbaWabBbbWaaBabWaaBbaWabBbbBabWaaBbaWab b42c8efb5be46408 efadce3502b21c52 efadce3502b21c52 99adde8563fa8
393 6844deb5977e45ea 8d8640ea6813afd2;
2 2 2 2 koSIMPLEscoreTERRITORYtaxSEKIsui1whbN-1fpok1 6.5 00110 0.5 0 1000 B =WaaBab =BbbWbaBabWbbBabWaaB
baW--B--W--BbbWaaBabWbaBbbWbaBaaWbaBabWbbBaaWbaBbbWbaBaaWbbBabWbbBbaWbbBaaWbaBabWbaBbbWbaBaaWbb d9a91a2b
31aa6c1c c278f8d48371525f c278f8d48371525f ffacb8a9b290dd67 2a2cc3f004685b00 a65262e68dce0f14;
2 2 5 2 koSIMPLEscoreAREAtaxNONEsui1button1whbNfpok1 -2 00000 0.5 0 1000 W = =WaaBabWbbB--WbaBabWbaBbbWa
aBbbWabBbbW--BabWbaBaaWbaBabWaaBbbWaaBbaWaaBbaWbbB--WabBbaWabBaaWbbBaaWbaBaaWabBbaWbbBbaWaaBbaWabBaaWbbB
aaWbaBaaWbaBabWbbBabWaaBabWbbBaaWbaBaaWabBaa f08a0b0c727a00da 11d5465a639d0eee bbfad0e88595966f 8126787d
a7aa2776 c14c5dff8a346375 fb8ef2fb0550c8c5;
2 2 2 2 koSITUATIONALscoreTERRITORYtaxALLsui0fpok1 -0.5 01000 0.5 0 1000 B = =BbbWbaBabWaaBbbWabB--W--Bb
bWabBaaW--BbaWabBbaWaaBbbWabBaaWabBbbWaaBbaWabBaaWabBbbWbaB--WaaBbbWabBaaW--BabWbaBabWbbBaaWbbBbaWbbBaaW
baBabWbaBbbWbaBabWaaBbbWbaBaaWba cfba5bb75b8f8838 94cd9317220a48a0 94cd9317220a48a0 8547d3eb9cd21830 068
db35821c1e203 78ad362281096173;
8 8 8 8 koSIMPLEscoreTERRITORYtaxNONEsui1fpok1 16.5 00101 0.5 0 1000 B = =BdhWffBedWecBgdWfeBdgWcfBadWae
BagWbgB--WhfBggWghBfgW--B--WfaBdbWfdBheWgeBhdWhcBhaWgbB--WdcBccWebBcaWbaB--WegBdfWcgBdeWddBcdWbcBabWcbBe
aWgcBfbWhdBfcWdcBebWddBeeWecBecWddBefWgfBhhW--BbeWbdBbbWfhB--W--B--WceBdcW--B--WhgBfgWehBahWafBchWbhB--W
ahBbfWbeBaaWacBbaW--B--WgaBhb af02409eaafd4206 09367ed2d873d84f 09367ed2d873d84f 10553318b1f2fe66 b6528f
3b07cda4f7 7b3845b4635c8a47;
9 9 9 9 koSIMPLEscoreTERRITORYtaxNONEsui1whbN-1fpok1 -8 00100 0.5 0 1000 B = =BcdBbbWbcBaaWcaBdaWdbBddWe
bBedWceBbfWdfBbgWdhBegWffBdgWeiBgiWfiBfgWhhBggWhgBfeWhdBgcWhbBiaWhaBfcWdeBcgWchBefWcfBbeWagBaeWbdBacWcbB
dcWfdBhfWigBiiWhiBghWfhBgfWgeB--WahBafWbhBaiWciBbiWbiBifWheBgdWibBgbWhcBgaWfbBfaWecBfdWeeBeeWdfBceWcfBde
WcfBdfWehBidWicBieWadBccWbdBadWbcBbdWbaBabWeaBdaWdbBeaWfbBecWebBcaWcbBdbW--BfbW--BihWhhBhgWhiBhhW--B--W-
-BiaWhaBhbWhdBheWicBhcWibBibW--B--W--BhiW--BicW--B--W--BgeW--B--W-- 8a7012242df9eba1 ed2b51e44dad4b93 ed
2b51e44dad4b93 09d4a32fcc82dbeb 8b3bdf62a6f25e23 b01fd5bd9501b7f2;
6 6 6 6 koSITUATIONALscoreTERRITORYtaxSEKIsui1whbN-1fpok1 2 00100 0.5 0 1000 B =BafWbfWceWfeWfdBbe =BabW
acBaeW--BbaWcbBdaWdcBedWfcBddWccBcdWefBeeWdfBbdWadBbcWcaBebWfbBdbWecBfaWeaBebWfaBdaWdbBdeWffBcfWadBbbWac
BacW--BaaW--B--W--B--W--B--WebB--W-- aa6021a936e44319 bca96b555ed06135 bca96b555ed06135 f8c1621a28809a15
 2625aa4bdd561065 eec332a150009a55;
8 8 8 8 koSIMPLEscoreTERRITORYtaxSEKIsui0whbN 19.5 00011 0.5 0 1000 B = =BdfWbgBafWchBdgWbfBadWabBbaWdcB
ecWfeBgfWgeBeeWefBfhWhgBhfWggBhhWffBghWfgBdhWehBcgWceBbeWbcBdaWeaBgaWfbBhdWfcBfaWhbBhcWgbBgdWedBdeWcdBbd
WcbBebWfdBddWccBacWaeBadWbbBcaW--BfhWegBeaWdbBbdWcfBbeWdeBdgWbhBdfWcgBacWaeBadWbdBbeWagBhhWghBheWhaBacWa
aBgaWecBebWgcBheWhfBbaWdhBdfWdgBgdWhcBeaWfaBdaWcaBdaWebB--WhdB--WeaB--W--B--W--B--WaeBacWfhB--WadB--W--B
--WeeB--WdaB--W--B-- f94a552ebe429858 6fb10596a8e1ff15 6fb10596a8e1ff15 4fa37067374889a9 4851741e0cdd410
3 7c661d5d9cf7c553;
9 9 9 10 koPOSITIONALscoreTERRITORYtaxALLsui1 14.5 00101 0.5 0 1000 B = =BciWiaBbfWabBggWbeBcdWcaBbgWchB
ebWghBeaWfdBdgWigBeiWhiBifWicBecWhcBdaWfbBdbWceBahWdfBfhWibBhbWgcBaiWhgBieWhdBedWcfBhhWgfBaeW--BgeWfgBhe
WeeBidWacBbbWagBiiWegBdiWbdBefWbiBbcWbhBfaWahBcbWfcBfeWehBccWadBgdWdeBhaWdcBffWhfBgiWgaBgeWffBihWifBhiWi
dBggWdhBgbWfeBheWcgBieWaaBbaWgdBgaWgeBddWghBfiWhhBfhWiiBieWafBheWhiBbfWciBgiWheBeiWaiBdiW--BbgWbgB--W--B
fiWfiB--W--BdiWdgBeiWdiB--W--B--WggB--W--BdcW--B-- d6d8001ac893cca6 926c995c41a97d9f 926c995c41a97d9f 32
8ada0a4521638f 8f6382878fa85211 eea8c8563492d991;
5 5 5 5 koSIMPLEscoreTERRITORYtaxALLsui1whbN 2.5 00001 0.5 0 1000 B = =BaeBceBeeWddBebWedBdbWcaB--WdaBdc
WccB--W--BcdWbbBbdWbcBaaW--BcbWecBdeWecB--W--BeaWacBabWbaBaaWedBbeW--BadWabBddWec 0a3670036a1ca2ea 19547
cddae1bc45a 19547cddae1bc45a d72a44da9b8b31c3 13d799502890f664 dbde646013e87e9c;
5 5 5 7 koSIMPLEscoreTERRITORYtaxNONEsui0 9.5 00110 0.5 0 1000 B = =BadWacBaeWccBcdWdeBdcWebBdbWeaBdaWca
BecWeaBcbWddBbbW--BceWeeBedWdeBeeWbdBbcWabBaaWacBabW--BacW--BebW--BbeW--BddW--BbaW--BccW--B--W--BdeW--B-
-W--B--W--B-- 686838b06178f753 b34987697cb78404 b34987697cb78404 1919ca5c690227ac 3b0f510fff884aea 5b577
18230e49e7a;
5 5 6 5 koSITUATIONALscoreTERRITORYtaxSEKIsui0whbN -1 00110 0.5 0 1000 B = =B--WdeBbdWdbBcbW--BbaWccBddW
eeBecWcaBeaWdaBebWcdBdcWbcBaaWabBcaW--BbeW--BceW--B--WdaBadWbbBdbW--B--W--B--W--BacWbbB--WcdBabWccB--W--
BbcWcdBccW--B-- c4ff0c90764d1a3a 64f071910972b64d 64f071910972b64d dff3da90e723f60d 8e42445ffc3639e5 0ac
9885ae7878be5;
7 7 7 7 koPOSITIONALscoreTERRITORYtaxALLsui0whbN-1 10 00100 0.5 0 1 B = =BccWaeBbcWfgBfdWdfBffWcdBceWfaB
cgWegBgdWacBbaWadBbdWabBdgWbbBeeWafBedWeaBbfWcbBbeWfbBcfWecBgaWgcBfeWddBdaWdbBcaWefBagWdeBbgWggBgeWaaBba
WgfB--WdaBdcWefBfcWcdBebWfgBegWcaBggWddBfgWdfB--WgbBdeWecBdfWddBebW--B--WecBcdWebB--W--B--W--BefW--B--W-
-B-- ce0db8b69fd2916a a5afabd8d4c78e5e a5afabd8d4c78e5e 1831c6a11d9726e2 f22fb68a124f0613 7ec5a1418c4701
23;
8 8 8 8 koPOSITIONALscoreTERRITORYtaxNONEsui1whbN 7.5 11101 0.5 0 1000 B = =BfeWccBbfWgfBcfWghBdbWagBbcW
fdBabWhfBbaWcaBebWhgBegWadBeeWgeBdcWbeBeaWhdBefWceBfaWcdBfhWdgBbbWacBddWfbBgaWchBhcWffBfgWaeBgcWdfBdeWhb
BafWdaBecWhaBdhWgdBcgWedBcbWgbBahWfcBdfWbhBbgWahBahWgcBbhWdaBggWhhBcaWbdBccWadBcdWaeBbdWacBbeWacBadW--B-
-W--B--WhcBheWgcBedWhdBfbWhcBhbWgfBgbWhfBghWhgBhhWfcBfdW--BffW--BdgWgeBaeWgdBheWhcBfcWgcBhdWgfBgeWhfBgdW
hgBhgWhcBgfWgcBgcW--BhaW--B--W--B--W--B--W--B--W--B--W--B--W--B--W--B-- 4ae495f736ab4737 2b99e2329496c47
d 2b99e2329496c47d 07689ebf65a7fc98 3b82fab45acf8920 48cacf989f1216c0;
6 9 6 9 koSPIGHTscoreTERRITORYtaxSEKIsui1whbN-1 -2.5 10000 0.5 0 1000 B =BccWdcWecWacBab =BbdBaeWceBcdWb
bBcaWeaBfaWfbBebWfdBfeWedBdeWdfBbfWcgBefWffBdhWdiBfgWdgBbiWciBehWfhBffWeeBcfWchBbgWbeBbcWbeBceWddBdbWfcB
faWfcBfdWecBfbWdcBeeWedBcbWadBacWbaBaaWafBagWaiBbhWbbBdaWahBaiWeiBfiWbaBbbWfhBegW--BddWedBfiWdgBeiWcgBdi
WchBdfWciBchWcgBdcWfcBecW--BciWdgBbeWcgBdgW--B--W--BadW--B--W--BeaW--B--W--BafW--B--W--B--W--B--W--B--W-
- ac02abb1dfd2010d 7e2ef85c7d0b75f6 7e2ef85c7d0b75f6 01909420c4964ade e3e63d22b0a12a24 ea3e92ca00c61cc5;
6 3 8 3 koPOSITIONALscoreAREAtaxALLsui1whbN-1 14.5 00100 0.5 0 1000 B = =BecWbcBcbWfbBdaWdcBebWbbBfcWabB
dbWbaBeaW--BcaWfaBccWfa 60bf145238bf8439 655e089266e50def 5d14dca61bbd9337 354d1c5eb04c961e b45694188133
630e a1cbad7e42f92d8e;
6 6 9 6 koPOSITIONALscoreTERRITORYtaxALLsui1whbN-1fpok1 -3 00000 0.5 -1.5 1000 B =BcfBdcBfbBefBbeBccBfdB
bfBbc =BebWfcBdaWeaBcaWabBbdWacBceWdfBddWecBfeWdeBeeWbbBaaWcbBadWafBfaWdbBeaWbaBdaWcaBebWfbBeaWfaBebWeaB
edWdeBffWdfBdfW--BaeWaaB--WdaB--W--BdeW--BebWfaBdbWfc 31dac2ba223b6479 aab654bb5017b0b2 aab654bb5017b0b2
 3eb51d9e440b9532 8d6a049bb4cd080f 8f161dbdc4aa97df;
6 6 6 9 koSPIGHTscoreAREAtaxALLsui1whbN 5 01100 0.5 0 1000 B = =B--BfdW--BefWfeBeeWcfB--WceBac ba647b079
1beae99 2829c48438f4fe9b 3ab533eebfdab99a 5408a245fddedbf3 da6a6293be3018c5 844cf537a52ec7d8;
9 9 9 9 koPOSITIONALscoreTERRITORYtaxALLsui1whbN-1fpok1 11 10100 0.5 0 1000 B =BaaBhb =BehWdgBceWaeBbeWd
eBegWfgBhiWhhBfiWggBheWhfBghWfhBdi 92eae7cb52ee65c8 bb2f494fb328a3ac bb2f494fb328a3ac 267601ca84b7ffe1 a
4b357152adac37e 28aa7bc777a60d3e;
3 3 3 3 koSPIGHTscoreAREAtaxSEKIsui1 17 11001 0.5 0 1000 B = =BbaWacBbbWccBabWcbBbcWcaBcbW--Bac 49de23ca
9e77270a 76f6c24a10cbbf63 597348469a9e909a 6a7d4591191c882b bd4fcc2335f722b3 ed86c109e158df53;
8 8 8 8 koSIMPLEscoreTERRITORYtaxALLsui0whbN-1 -2.5 00000 0.5 0 1000 B = =BdfBcgBdeWfcB--WhfBfeWffBgdWeb
B--WacBceWbfBbeWdgBfgWdhBchWefBfdWdbB--W--B--WddBfbWgaBeaW--BafW--BheWgeBhcW--BbdWbcBcdWbbBdcWccBaaWca 5
12f12730578da15 6487b2fe25b234d2 6487b2fe25b234d2 7b81e96c709a3f0a fe1f5ce0d2de8dba 7b13c666277c8e36;
9 9 9 9 koSPIGHTscoreTERRITORYtaxSEKIsui0whbN-1fpok1 6.5 01110 0.5 -1.5 1000 B = =BhdBdfBhgWbfBgiWehBgcW
gbBbhWbaBcgW--BhaWfeBadWedBdgWefB--WihBaiWgdBhbWhfBgeWigBibWggBeaWdbBfiWchBheWidBbeWcaBaeWahBbiWceB--Wdi
BdeWfdB--WbgB--WdcBfaWecBffWcfBccWciBhhWicBbbWhcBghW--BfcW--BacWbhBdaWgaBaaW--BcbWebBifWbcBhiWddBfbWaiBa
fWgfB--WegB--WbaBeeWeiBbdW--BgbWabBfgWfhBieWdhBagW--B--WcaBcgWhcBhfWeeBaaWcaBbaWgfBggWcdBdfWdgBcaWdeB--W
icBidW--B-- 14af255df3c75496 3c5ee74111431392 3c5ee74111431392 692925163471b21a 68ff25779b624170 a086b1d
e93002400;
7 7 7 7 koSPIGHTscoreAREAtaxALLsui1button1 17 00100 0.5 0 1000 W = =WefBbcBbaWecBcfWfaBdaWcaBfcWggBceWab
BdbWbdBfeWaaBcbWddBebWffBafWcgB--WedBdgWdcBbgWfbBgdWfdBfgWgaBcdWegBdeW--BagWgcBgfWacBgeWfgBdfWbfBaeWeaBe
eWbeBffWccBfcWecB--WbbBggWfdBegWdcBccWfcBcgWedBcaWadBbfWbdBabWadBddWacBaaW-- 5460e1c54f56dc38 96d172fd4a
184d09 96c75fa031fee304 4e14644136fba019 6b6b8897344ca437 ddeabfe0a7c5953b;
8 8 9 9 koPOSITIONALscoreAREAtaxNONEsui1whbN -0.5 10100 0 0 1000 W = =WeeBdcWcbBbbWbcBadWbdBacWcdBefWcfB
ddWffBhhWfhBgfWehBfgWgeBgcWgbBgaWhaBfbWebBecWdeBcgWegBfeWhcBfcWdbBccWceBdgWbeBbgWbhBafWagBahWbfBaeWagBhe
WgdBffWdhBdaWbaBcaWfaBeaWgaBhbWhdBhfWfdBedWebBdbWfdBhcWhdBgbWhaBgaWaaBcbWabBadWacBaeWafBaeWadBghWggB--Wg
eBhgWchBahWchB--WgdBfdWhdBgeWehBdhWdfBegWgdBgdW--BaeWceBafWbeBdeWbcBaaWabBbdWadBacWbhBchWdfBfhW--BcfWcdB
bfWbeBadWcdBceW--BggW--BdfW--B--W--BbhW--BhaW--B--W-- 82614fc0316c5425 3f7c89099a4b625f 6a65159176fb96bf
 40b713293844334f 595f26e817d7ff63 0130e14ebec804f3;
5 5 5 5 koSITUATIONALscoreAREAtaxSEKIsui0whbN-1 11.5 01101 0.5 1.5 3 B = =BbaWdcBedWddBcbWcdBeeWdeBceWad
BbbWdbBecWccBeaWcaBabWacBbdWbcBaeWbeBdaWaeBebWcaBebWecBdaWeaBcaWebBedWeeB--WaaBca 1f7322e700e7985a 6333d
3037906a66a cfba490ae816a7a3 b4f3f9f4683e1d43 4a7402347cde250a e5f801f31ca6b2ba;
8 8 8 11 koSIMPLEscoreAREAtaxALLsui1fpok1 -2 00000 0.5 0 1000 B = =BgdWegBdaWffBfeWaeBcaWafBhdWebBdcWdgB
faWceBehWdfBddWbdBch 22bb9e5993bcbfb3 434911f7ab5adaa2 691ce27fef4ae9fb 870aee8bf1c4f692 661c5a6dee0748b
2 f1c3b1c3a676e282;
2 6 5 6 koSITUATIONALscoreAREAtaxSEKIsui1fpok1 9 01000 0.5 0 1000 B =WbfWbe =BbaWbbBacWabBbcWadBaeWafBbd
WbdBaaWbcB--WaaB--WaeB--WacBbaWabBbbWacBbcWaeBafWbd 33c2de399f3f1f3b 330b66d69a837f33 64c6652daea454ce 4
1b975f3c6508d96 ea462c7e3abdc872 e59dbfe247456b62;
2 2 4 2 koSIMPLEscoreTERRITORYtaxSEKIsui1 8.5 10010 0.5 -0.75 1000 B = =BbbW--BaaW--BbaW--BabWaaBbbWbaBa
bWbaBaaWbaBaaWbbBabWbaBbb 664cac448291b9cf bab13fd652d030b2 bab13fd652d030b2 692788c5a58d748a 9291ef3b8a
34142a 713dd4a7c86d4c29;
2 2 2 2 koSITUATIONALscoreTERRITORYtaxSEKIsui0 16 01001 0.5 0 1000 B =BbbBab =BbaWaaBbbWabBbaWabBaaWabBb
bWbaB--WaaBbbWba 9f73d16790d25784 62494158b88fb346 62494158b88fb346 358784e7a98d74a6 14bee6683011f700 92
51c15c4b4251f6;
2 2 2 2 koSPIGHTscoreAREAtaxNONEsui0whbN-1 18.5 00110 0.5 0.75 2 B = =BaaWabBbaWbbBbaWaaBbaWabBbbWaaWbaW
--BbbWaaBbaWabB--Wba e93b28bd3b814191 09233931b7c8aec7 89ecc4f1b8ca85e7 d1d291f8bef57cb6 6676cd03d9b0d2a
0 d06b6a0bdff74f5d;
9 9 11 11 koSIMPLEscoreAREAtaxNONEsui1button1whbN-1fpok1 -0.5 00110 0.75 0 1000 B = =BcgBddWfgBdgW--B--W
igBacWdcBbfWdhBheWahBbbWhdBgfWbiBeeWebBfhWhiBadWhfBafWgaB--WcaBbcWdeB--WhaB--WffBidWiiBbeWicBgeWccBcdWif
BchWefBhcWbgBaaWfbB--WegB--WbaBeiWdbBghWbh 62494669dfda5e71 afd6a9f6fcd15950 764623cd203323b0 fa6fb8929e
44a015 88aac259be0470b2 e207f89ae399559f;
3 3 5 3 koPOSITIONALscoreTERRITORYtaxALLsui1fpok1 1.5 00000 0.5 0 1000 B = =BcbWabBccWaaBbaWacBbbWbcBacW
abBaaW--B--W--BcaW--B--W--Bab 32601d95a4ed4382 d9ba7ae01e4c2ea6 d9ba7ae01e4c2ea6 b8b41c6ab1be6276 4ee3b4
b6baf937f6 00883df82c8a6296;
8 8 8 8 koPOSITIONALscoreAREAtaxALLsui0whbN 7.5 10000 0.5 0 1000 B =BghWec =BeaW--BbdWadB--WahBafWagBceW
bfBaeWbcBddW-- e5034ebbeadba736 2747bb42b69f9c1a a4b7329f8a507d63 b00be97a7a75bc53 d8756e456ae6bffd b32f
f076fe1489bd;
6 4 6 4 koSPIGHTscoreAREAtaxSEKIsui1 2 01100 0.5 0 1000 B = =BfaWfcBacWccBddWadBedWebBcdWcbBfbWabB--WbdB
--WaaBbbWbcBbaWdbBdaWdc 4b0139feb295e66c 8d7b461eea150f39 3e97a4739a813c79 0dab80947452bb09 72dbef9a2c87
0f7c a54b8af02c06254c;
9 5 9 5 koSPIGHTscoreAREAtaxALLsui1whbNfpok1 2 00101 1 0 1000 B =BibBaeBdeBfdBcdBaaBcbWga =BceWcaBbeWbdB
haWeaBdbWidBfeWicBddWadBhdWheBfaWecBfcWabBbaWgeBacWhbBfbWbbBbaWgdBebWccBdaWgcBedWiaBbcWhcBeaWaaBbdWbbBdc
WabBcaBgbWhaBaaBbbW--BadW--BecW--BeeW--B--W--B--W--B-- bdbf0fc7b9aa758d c519f6fd84a0554b 007a36ddb746908
a 80b6937d6173ef5b 8ddba9da16ef2bd3 fa0849bb27420c23;
9 9 9 9 koSPIGHTscoreAREAtaxNONEsui0 -7 11100 0.5 0 1000 B = =BhiWfgBdgWcgB--WheBhcWgaBiaWibBhdW--BchWah
BaiWbhBbgWbiBdhW--BffW--BeiWdiBegWghBigWggBieWifBhhWfhBefWehBciWedBddWbeBbcWceBadW--BfcWecBcdWdfBeeWgeBf
eW--BcbW--BhbW--BfdWgbBfbWfaBeaWgcBebWccBbaWdbBdcWdaB--WecBdeWbfBcfWagB--W--BedWgdBidWhfBihWgiBfiWafBcgW
bdBccWbbBabWhgB--WgfBhaWgcBgbW--BgfW--BacWaeBhgWfhB--WgeBggWgiB--WhfBheWfgBghWfaBgaW--BgdW--BifW-- 0d3a9
b28cf0ea7f8 ebe68543f228a4bb 114bfa68a0d5b542 a50045c67c5ec173 de11fa6ceb9f309d 029f8e6201e3bc3d;
6 6 6 9 koSIMPLEscoreAREAtaxNONEsui0whbN-1fpok1 19.5 10000 0.5 0 1000 B =BcaBfaBfbBfeBdaBaeBeaBab =BccWb
cBcdWbbBdcWddBefWdfBceWbeBbfWbdBdeWfdBdbWcbBecWedBeeWaaBbaWacBafWaaBfcWfdBedWabBcfW--B--W--BadWbeBacWabB
bcWaaBbbWabBbdW--BdfW--BaaW--BffW--B--W-- f03f2d6a47c15bce d114962a67b52b41 b0e2ac89831ca241 ef009a0ca67
62719 138fc3bb27e2cabb a3cd078e79dab00b;
4 4 4 4 koSITUATIONALscoreAREAtaxALLsui1fpok1 14 00000 0.75 0 0 B = =BdbWbbBacWbaBdcWccBcdWcbBddWbdBabWc
aBaaWdaB--WdcBcdWbcBadWadBabWddBacWaaB--WacB--WabB-- d1db094882540141 c2cb24050b43da22 4e50407075b5e0cb e
8d812d18b079603 c864b237a66a79ab 45c30a5c0598c8db;
4 7 7 7 koPOSITIONALscoreTERRITORYtaxALLsui1 13.5 00110 0.5 0 3 B = =BcbBbaWdbBbbWdaBccWddBcfWcgBdfWdeBb
dWbcBacWaaBbcWcdBadWafBbeWbgBdgWbfBceWaeBagWbfBcgWbgBafWcaBabWbfBdcWddBdbWdaBcaWcdBaeWbgBbf 369ec982686f
fd00 e3076a28b677a07d e3076a28b677a07d 08108636f50793f8 c8641ec1a9f1659d 54f78db98baf89b4;
9 9 9 9 koSITUATIONALscoreTERRITORYtaxSEKIsui0whbN-1fpok1 13 01100 0.5 0 1000 B = =B--WidBaaWffB--W--Bhg
W--BbdWheBhiWgfBhaWagBbaWafBcdWhdBcaWaeBfaWhfB--WebBiaWddBbbWceBeaW--BbiWfdBbhWabBcgWgcBibWccBgeWfiBehWh
bBdcWbcBiiWbfBdaWdfBggWfeBbgWhhBegWeiB--WfcBga 4af883f1be712da2 4846ce2338931f41 4846ce2338931f41 5fee91
6252ebdd94 c6244db00274a2f0 c8077955c61597f0;
9 9 9 9 koSPIGHTscoreTERRITORYtaxSEKIsui0whbN 14.5 00000 1 0 1000 B =BidWbfBcaWheBcgWagBaiWahBchWfiWcfWc
bWafBdeWgcWiiBgi =BffWhdBifWihBgfWhgBhiWggBgeWfeBdgWciBdiWbhBbiWdhBeiWfgBefWcdBddWfdBdbWfaBebWdcBceWbdBd
fWbgB--WicBhcWfbBedWeeBfcWhaBiaWghBhfW--BaeWacBbcWabBbbWccBadWaaBbaWacBabWegBfhWehBciWdaBeaWgaBgbWhb 052
f57593ba7d20f 930944d9a05b8f84 930944d9a05b8f84 273f6aa7a8779ac9 d0c375810e7588b0 7cee54b2c2d63bc0;
9 9 11 9 koSITUATIONALscoreAREAtaxNONEsui1button1whbN 1 01000 0.5 0 0 B =BeeBiiWgbBgaWhgWaaBigBgdWecWbdW
ehWbiWcdWbaBeaWafWceBdaBei =BicWgeBhbWhfBfeWebBccW--BadWahBiaWhhBagWfhBegWfgBbcWedBcaWabBidWgcBfdWihBfcW
bgBbeWdeBdgWdfBibWghB--WgfBdbWgiBfiWdiBhiWfiBbhWefBffWdhBdcWbfBacWagBbbWabBciWieBddWifBcgWhiBheWcfBhaWaa
BchWdgBbaWfaBbhWfbBhcWabBgbWhdBfbWaeBaaWbeBheWciBhdWchBebWecBedW--B--WegB--WggBabW--BgcWbhB--WcgB--W--Bf
aW--B--W-- 2d35631f34c3dfc7 104cc8ddaaae7cc9 ab656a6f25198179 7257c58850aea984 18dcd26ea0d841cd 3da5d6ad
4e0ef93d;
)games";

}  // namespace lathe::game
